# Copy to /opt/tljh/config/jupyterhub_config.d/announce.py, with the same day as in end-of-term; then `sudo tljh-config reload hub`.
c.JupyterHub.template_vars = {  # noqa: F821
    "announcement": "This hub is for one seminar. All work on it is deleted on 2027-02-28. "
    "Download what you want to keep: File > Download. Use a name here that is not your own."
}
