"""API pages: reading and trying a service's API, and a page for each problem type; all assets are served here."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse

from shared.errors import NotFound
from shared.http.auth import Anyone
from shared.http.pages import templates_of
from shared.http.problems import PROBLEM_PATH, all_problems

ASSETS = Path(str(files("fastapi_offline") / "static"))
SERVED = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)
START = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null});\n'
)

router = APIRouter(include_in_schema=False)
_templates = templates_of("shared.http.api_reference")


@router.get("/docs")
async def show_api(_: Anyone) -> HTMLResponse:
    page = _templates.get_template("api_docs.html").render()
    return HTMLResponse(page, headers={"content-security-policy": POLICY})


@router.get("/docs/start.js")
async def start_api_page(_: Anyone) -> HTMLResponse:
    return HTMLResponse(START, media_type="text/javascript")


@router.get("/docs/{name}")
async def show_asset(_: Anyone, name: Annotated[str, InPath(max_length=40)]) -> FileResponse:
    if name not in SERVED:
        raise NotFound
    return FileResponse(ASSETS / name, media_type=SERVED[name])


@router.get(PROBLEM_PATH + "{code}")
async def show_problem(_: Anyone, code: Annotated[str, InPath(max_length=80)]) -> HTMLResponse:
    """Show what a problem means and what to do; the address is the `type` of the problem."""
    problem = all_problems().get(code)
    if problem is None:
        raise NotFound
    return HTMLResponse(_templates.get_template("problem.html").render(problem=problem))
