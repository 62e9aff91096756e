"""Access to the routes of the local issuer, which gives tokens on a laptop."""

ROWS = """
                                       no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /.well-known/openid-configuration 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /jwks                             200 200 200 200 200 200 200 200 200 200 200 200 200
POST /token                            401 401 401 401 401 401 401 401 401 401 401 401 401
"""
