"""Arguments and options that several commands share: the run folder, and one for every setting."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from ..evolve.runs.setting_kinds import FilePath, Real, Setting, Table, Texts, UpTo, Whole, YesNo
from ..evolve.runs.settings import PLACE, SETTINGS

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run.")]
NetworkOrRun = Annotated[
    Path,
    typer.Argument(
        metavar="RUN|FILE",
        help="Folder of a run, of which it is the champion, or an exported file.",
    ),
]
AnyNetwork = Annotated[
    Path,
    typer.Argument(
        metavar="NETWORK",
        help="A file with a network, of any format; or the folder of a run, for its champion.",
    ),
]
TaskAgain = Annotated[
    str | None,
    typer.Option(
        metavar="TASK",
        show_default=False,
        help="Your own task, named again: code that a run folder names is not imported.",
    ),
]

WrapAgain = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        show_default=False,
        help="The wrappers of its environment, all named again if one is your own; repeatable.",
    ),
]

#: What help says of the argument TASK.
TASK_HELP = next(setting.help for setting in SETTINGS if setting.name == "task")

OneTask = Annotated[str | None, typer.Argument(metavar="TASK", show_default=False, help=TASK_HELP)]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        rich_help_panel=PLACE,
        show_default=False,
        help="TOML file with the same words as these options, which win.",
    ),
]
Silent = Annotated[
    bool | None,
    typer.Option("--quiet", "-q", rich_help_panel=PLACE, help="Show neither progress nor report."),
]

SelectionAgain = Annotated[
    str | None,
    typer.Option(
        metavar="SPEC", show_default=False, help="Your own selection of survivors, named again."
    ),
]
ParentsAgain = Annotated[
    str | None,
    typer.Option(
        metavar="SPEC", show_default=False, help="Your own selection of parents, named again."
    ),
]

_Command = TypeVar("_Command", bound=Callable[..., None])


class WithWeights(TyperCommand):
    """A command that also reads `--weights A B C`, three numbers, as version 0.1 did."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, three numbers after `--weights` as one value."""
        if "--weights" in args:
            start = args.index("--weights") + 1
            three = args[start : start + 3]
            if len(three) == 3 and all(map(_is_number, three)):
                args = [*args[:start], " ".join(three), *args[start + 3 :]]
        return super().parse_args(ctx, args)


def setting_options(wanted: Callable[[Setting], bool]) -> Callable[[_Command], _Command]:
    """Give a command an option for each setting that is wanted, the task apart.

    The command takes what is given as `**given`, by name, None where nothing is given. Typer reads
    the options from the signature that is made here; its own parameters come after them.

    Args:
        wanted: Returns whether the command takes a setting.
    """
    options = [_option(s) for s in SETTINGS if s.name != "task" and wanted(s)]

    def with_options(command: _Command) -> _Command:
        own = [
            parameter.replace(kind=parameter.KEYWORD_ONLY)
            for parameter in inspect.signature(command).parameters.values()
            if parameter.kind is not parameter.VAR_KEYWORD
        ]
        command.__signature__ = inspect.Signature([*options, *own])  # type: ignore[attr-defined]
        return command

    return with_options


def _option(setting: Setting) -> inspect.Parameter:
    """Return the parameter of a command from which Typer makes the option of a setting."""
    value, parser = _type_and_parser(setting)
    no = f"/--{setting.kind.no}" if isinstance(setting.kind, YesNo) else ""
    option = typer.Option(
        None,
        f"--{setting.name.replace('_', '-')}{no}",
        metavar=setting.metavar,
        help=setting.help,
        rich_help_panel=setting.group,
        show_default=False,
        parser=parser,
    )
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(setting.name, kind, default=option, annotation=value | None)


def _type_and_parser(setting: Setting) -> tuple[Any, Callable[[str], Any] | None]:
    """Return the type of an option's value, and what makes it of a text if Typer shall not."""
    match setting.kind:
        case Whole():
            return int, _whole
        case UpTo():
            return str, _up_to
        case Real():
            return float, _real
        case YesNo():
            return bool, None
        case FilePath():
            return Path, None
        case Table() | Texts():
            return list[str], None
        case _:
            return str, None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{_shown(text)!r} is not a whole number.") from None


def _up_to(text: str) -> Any:
    return int(text) if text.isdecimal() else text


def _real(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{_shown(text)!r} is not a number.") from None


def _shown(text: str) -> str:
    """Return what a message shows of a text: thousands of digits help nobody."""
    return text if len(text) <= 40 else f"{text[:40]}…"
