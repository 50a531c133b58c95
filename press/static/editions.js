// The editions of the site that this page stands on; `make edition` writes it anew in every edition. A book by itself has none.
window.companionEditions = [];
