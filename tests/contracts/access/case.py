"""Access to the routes of the case service."""

ROWS = """
                                                                        no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /v1/cases                                                          401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}                                                401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/confirmation                                   401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/place                                          401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/assessment                                     401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/summary                                        401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/protection-summary                             401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/dangers                                        401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/merged-cases/{other_case_id}                   401 401 201 201 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/holder                                         401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/closure                                        401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/persons                                        401 401 201 201 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/age                        401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/unknown-ages                                   401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/name                       401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/places                     401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}/consents                                       401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/persons/{person_id}/consents                   401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/persons/{person_id}/withdrawal                 401 401 201 201 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}/explanation                                    401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/disclosures                                    401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/authorisations                                 401 401 403 201 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}/disclosures                                    401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/risk-to-approach                               401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/accounts/{contact_id}/struck-passages          401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/persons/{person_id}/completed-entry            401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/relations                  401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/source-decision            401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/consents/{entry_id}/check                      401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/proposals                                      401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/proposals/{proposal_id}/signature              401 401 403 200 403 403 403 403 403 403 403 403 403
POST /v1/disclosures/{disclosure_id}/issue                              401 401 403 403 403 403 403 403 403 403 403 200 403
GET  /v1/case-recipients/{recipient_id}                                 401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/case-recipients/{recipient_id}/phone-handover                  401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/case-recipients/{recipient_id}/informed-persons                401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/case-recipients/{recipient_id}/countersignature                401 401 403 201 403 403 403 403 403 403 403 403 403
POST /v1/case-recipients/{recipient_id}/phone-handover/countersignature 401 401 403 200 403 403 403 403 403 403 403 403 403
POST /v1/case-recipients/{recipient_id}/redirection                     401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/case-recipients/{recipient_id}/recall-answer                   401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/case-recipients/{recipient_id}/end-of-declined-duty            401 401 201 201 403 403 403 403 403 403 403 403 403
GET  /v1/tasks                                                          401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/tasks/{task_id}/claim                                          401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/tasks/{task_id}/completion                                     401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/on-call                                                        401 401 403 200 403 403 403 403 403 403 403 403 403
"""  # noqa: E501  # the longest path leaves a line no shorter
