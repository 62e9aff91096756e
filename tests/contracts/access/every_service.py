"""Access to the routes that every service has: health, metrics, audit heads and the API reference."""

ROWS = """
                               no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /openapi.json             200 200 200 200 200 200 200 200 200 200 200 200 200
HEAD /openapi.json             200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /docs                     200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /docs/start.js            200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /docs/{name}              200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /problems/{code}          200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /livez                    200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /readyz                   200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /metrics                  401 401 403 403 403 403 200 403 403 403 403 403 403
GET  /v1/audit-heads/{service} 401 401 403 403 200 403 200 403 403 200 200 200 200
"""
