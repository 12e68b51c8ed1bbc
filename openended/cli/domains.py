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

    for name in envs.domain_ids():
        axes = ", ".join(
            f"{axis.name} {axis.low:g}..{axis.high:g} {axis.unit}".removesuffix(" 1") for axis in envs.domain(name).axes
        )
        click.echo(f"{name:<12} {axes}")
