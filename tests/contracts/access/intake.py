"""Access to the routes of the intake service."""

ROWS = """
                                          no  bad adv lea dpo ana ope own oth int cas ref sta
POST /v1/reports                          201 201 201 201 201 201 201 201 201 201 201 201 201
GET  /v1/contacts                         401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/contacts/{contact_id}            401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/contacts/{contact_id}/concern    401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/contacts/{contact_id}/no-concern 401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/contacts/{contact_id}/report     401 401 403 403 403 403 403 403 403 403 200 403 403
"""
