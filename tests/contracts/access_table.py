"""Who is let through which door, written a second time and whole: one line per route, one column per caller.

A cell is the status that this caller is answered. 401 and 403 refuse; 404 hides what another agency's matter is; any
other status is an answer of the matter itself (409, for instance: let in, but the case is not in that state).
"""

COLUMNS = (
    "nobody",
    "bad token",
    "adviser",
    "safeguarding_lead",
    "data_protection_officer",
    "analyst",
    "operator",
    "agency",
    "another agency",
    "service intake",
    "service case",
    "service referral",
    "service stats",
)

EVERY_SERVICE = """
                                                         no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /openapi.json                                       200 200 200 200 200 200 200 200 200 200 200 200 200
HEAD /openapi.json                                       200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /docs                                               200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /docs/start.js                                      200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /docs/{name}                                        200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /livez                                              200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /readyz                                             200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /metrics                                            401 401 403 403 403 403 200 403 403 403 403 403 403
GET  /v1/witnessed-heads/{service}                       401 401 403 403 200 403 200 403 403 200 200 200 200
"""

INTAKE = """
                                                         no  bad adv lea dpo ana ope own oth int cas ref sta
POST /v1/reports                                         201 201 201 201 201 201 201 201 201 201 201 201 201
GET  /v1/contacts                                        401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/contacts/{contact_id}                           401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/contacts/{contact_id}/concern                   401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/contacts/{contact_id}/no-concern                401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/contacts/{contact_id}/report                    401 401 403 403 403 403 403 403 403 403 200 403 403
"""

CASE = """
                                                         no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /v1/cases                                           401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}                                 401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/confirmation                    401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/place                           401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/assessment                      401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/summary                         401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/protection-summary              401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/source                          401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/dangers                         401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/closing                         401 401 409 409 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/persons                         401 401 201 201 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/age         401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/name        401 401 200 200 403 403 403 403 403 403 403 403 403
PUT  /v1/cases/{case_id}/persons/{person_id}/places      401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}/consents                        401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/persons/{person_id}/consents    401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/persons/{person_id}/withdrawal  401 401 201 201 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}/explanation                     401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/disclosures                     401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/cases/{case_id}/authorisations                  401 401 403 201 403 403 403 403 403 403 403 403 403
GET  /v1/cases/{case_id}/disclosures                     401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/disclosures/{disclosure_id}/release             401 401 403 403 403 403 403 403 403 403 403 200 403
POST /v1/legs/{leg_id}/stand-down                        401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/legs/{leg_id}/stand-down/signature              401 401 403 200 403 403 403 403 403 403 403 403 403
POST /v1/legs/{leg_id}/hand-over                         401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/legs/{leg_id}/told                              401 401 201 201 403 403 403 403 403 403 403 403 403
POST /v1/legs/{leg_id}/countersignature                  401 401 403 201 403 403 403 403 403 403 403 403 403
GET  /v1/tasks                                           401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/tasks/{task_id}/take                            401 401 200 200 403 403 403 403 403 403 403 403 403
POST /v1/tasks/{task_id}/done                            401 401 409 409 403 403 403 403 403 403 403 403 403
PUT  /v1/duty                                            401 401 403 200 403 403 403 403 403 403 403 403 403
"""

REFERRAL = """
                                                         no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /v1/agencies                                        401 401 200 200 403 403 200 403 403 403 403 403 403
POST /v1/agencies                                        401 401 403 403 403 403 201 403 403 403 403 403 403
GET  /v1/agencies/{agency_id}                            401 401 200 200 403 403 200 403 403 403 403 403 403
PUT  /v1/agencies/{agency_id}/contact-points             401 401 403 403 403 403 200 403 403 403 403 403 403
POST /v1/routes                                          401 401 200 200 403 403 403 403 403 403 403 403 403
GET  /v1/referrals                                       401 401 200 200 403 403 403 200 200 403 403 403 403
GET  /v1/referrals/{referral_id}                         401 401 200 200 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/acknowledgement         401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/acceptance              401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/decline                 401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/outcomes                401 401 403 403 403 403 403 200 404 403 403 403 403
POST /v1/referrals/{referral_id}/recall-answer           401 401 403 403 403 403 403 409 404 403 403 403 403
POST /v1/referrals/{referral_id}/link                    401 401 201 201 403 403 403 403 403 403 403 403 403
GET  /v1/links/{token}                                   200 401 200 200 200 200 200 200 200 200 200 200 200
POST /v1/links/{token}/open                              200 200 200 200 200 200 200 200 200 200 200 200 200
POST /v1/links/{token}/acknowledgement                   200 200 200 200 200 200 200 200 200 200 200 200 200
"""

STATS = """
                                                         no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /v1/statistics                                      200 401 200 200 200 200 200 200 200 200 200 200 200
"""

ISSUER = """
                                                         no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /.well-known/openid-configuration                   200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /jwks                                               200 200 200 200 200 200 200 200 200 200 200 200 200
POST /token                                              401 401 401 401 401 401 401 401 401 401 401 401 401
"""

Route = tuple[str, str]
Row = dict[str, int]


def read(*tables: str) -> dict[Route, Row]:
    """The lines as (method, path) with each caller's status; a line that is there twice is a mistake."""
    rows: dict[Route, Row] = {}
    for line in (line for table in tables for line in table.splitlines()[2:]):
        method, path, *cells = line.split()
        assert (method, path) not in rows, line
        rows[method, path] = dict(zip(COLUMNS, map(int, cells), strict=True))
    return rows


TABLE: dict[str, dict[Route, Row]] = {
    "intake": read(INTAKE, EVERY_SERVICE),
    "case": read(CASE, EVERY_SERVICE),
    "referral": read(REFERRAL, EVERY_SERVICE),
    "stats": read(STATS, EVERY_SERVICE),
    "issuer": read(ISSUER),
}
