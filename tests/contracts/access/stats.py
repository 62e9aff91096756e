"""Access to the routes of the stats service."""

ROWS = """
                    no  bad adv lea dpo ana ope own oth int cas ref sta
GET  /v1/statistics 200 401 200 200 200 200 200 200 200 200 200 200 200
"""
