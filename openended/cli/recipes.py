"""`openended recipes`."""

import click


@click.command("recipes")
def command() -> None:
    """List the recipes that come with the package, with the question that each answers.

    \b
    Examples:
      openended recipes
    """
    from openended.run import recipe

    for name in recipe.recipes():
        config = recipe.load(name)
        click.echo(f"{name:<12} {config.head.question}")
