"""The pages on which people read and try a service's API; everything they load comes from the service itself."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse

from shared.access import Anyone
from shared.errors import NotFound

ASSETS = Path(str(files("fastapi_offline") / "static"))
SERVED = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Helpline API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
"""
START = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null});\n'
)

router = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def page(_: Anyone) -> HTMLResponse:
    return HTMLResponse(PAGE, headers={"content-security-policy": POLICY})


@router.get("/start.js")
async def start(_: Anyone) -> HTMLResponse:
    return HTMLResponse(START, media_type="text/javascript")


@router.get("/{name}")
async def asset(_: Anyone, name: Annotated[str, InPath(max_length=40)]) -> FileResponse:
    if name not in SERVED:
        raise NotFound
    return FileResponse(ASSETS / name, media_type=SERVED[name])
