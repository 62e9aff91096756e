"""Access to the routes of the referral service."""

ROWS = """
                                                     no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /v1/agencies                                    401 401 200 200 403 403 200 403 403 403 403 403 403
POST /v1/agencies                                    401 401 403 403 403 403 201 403 403 403 403 403 403
GET  /v1/agencies/{agency_id}                        401 401 200 200 403 403 200 403 403 403 403 403 403
PUT  /v1/agencies/{agency_id}/contact-points         401 401 403 403 403 403 200 403 403 403 403 403 403
POST /v1/responsible-agencies                        401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/referrals                                   401 401 200 200 403 403 403 200 200 403 403 403 403
GET  /v1/referrals/{referral_id}                     401 401 200 200 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/acknowledgement     401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/acceptance          401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/decline             401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/outcomes            401 401 403 403 403 403 403 201 404 403 403 403 403
POST /v1/referrals/{referral_id}/recall-answer       401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/phone-recall-answer 401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/referrals/{referral_id}/access-link         401 401 201 201 403 403 403 403 403 403 403 403 403
GET  /v1/access-links/{token}                        200 401 200 200 200 200 200 200 200 200 200 200 200
POST /v1/access-links/{token}/open                   200 200 200 200 200 200 200 200 200 200 200 200 200
POST /v1/access-links/{token}/acknowledgement        200 200 200 200 200 200 200 200 200 200 200 200 200
"""
