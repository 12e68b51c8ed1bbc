"""`openended domains`."""

import click


@click.command("domains")
def command() -> None:
    """List the domains that a recipe can name, with the descriptors of their tasks.

    \b
    Examples:
      openended domains
    """
    from openended import envs
    from openended.envs.api import Family

    for name in envs.domain_ids():
        found = envs.registered(name)
        if isinstance(found, Family):
            axes = "what the recipe's table [environment] says"
        else:
            axes = ", ".join(
                f"{axis.name} {axis.low:g}..{axis.high:g} {axis.unit}".removesuffix(" 1") for axis in found.axes
            )
        click.echo(f"{name:<12} {axes}")
