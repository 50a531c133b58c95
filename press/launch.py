"""The launch menu of a notebook's page: Binder, a JupyterHub, Colab, on the edition's own tag."""

from press.edition import being_published, citation

HOSTS = ("github", "gitlab", "bitbucket")
"""Hosts whose addresses the theme can read; for a repository elsewhere no page has a menu."""


def launch_options(launch):
    """Return the theme's options for `repository-code` of CITATION.cff; the menu is off where it is absent.

    `launch`: the theme's `launch_buttons` in _config.yml, of which `jupyterhub_url`, the address of a hub with
    nbgitpuller, is used where it is set.
    """
    repository = citation().get("repository-code", "").rstrip("/").removesuffix(".git")
    if not any(host in repository for host in HOSTS):
        return {"launch_buttons": {}}
    launch = {**launch, "binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
    if "github.com/" in repository:  # Colab opens notebooks from there alone
        launch["colab_url"] = "https://colab.research.google.com"
    return {
        "repository_url": repository,
        "repository_branch": being_published() or "main",
        "use_repository_button": True,
        "use_issues_button": True,
        "launch_buttons": launch,
    }


def mend_links(app, pagename, templatename, context, doctree):
    """Say in the launch menu what the theme does not (the event `html-page-context`).

    nbgitpuller (1.3, tried) clones a tag and fails when it shall update it: with `backup` it sets
    the folder aside, with what was changed in it, and clones again. Colab opens the notebook without
    what it imports.
    """
    for group in context.get("header_buttons", []):
        if group.get("label") != "launch-buttons":
            continue
        for button in group["buttons"]:
            if button["text"] == "JupyterHub" and being_published():
                button["url"] += "&backup=true"
            if button["text"] == "Colab":
                button["tooltip"] = "Open in Colab; run first there what About this companion says"
