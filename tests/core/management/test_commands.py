from __future__ import annotations

import io
import sys

import pytest

from nuages.core.management import ManagementUtility, call_command, execute_from_command_line, get_commands
from nuages.core.management.base import BaseCommand, CommandError, LabelCommand
from nuages.core.management.color import make_style
from nuages.core.management.output import OutputWrapper
from nuages.core.management.utils import (
    get_random_secret_key,
    handle_extensions,
    is_ignored_path,
    normalize_path_patterns,
)
from nuages.db import DatabaseError, connection
from nuages.db.arguments import add_no_input


class Rain(BaseCommand):
    help = "Makes it rain."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("places", nargs="+", type=str.title)
        parser.add_argument("--hours", type=int, default=1)
        parser.add_argument("--hail", action="store_true")
        parser.add_argument("--depth", required=True, type=int)

    def handle(self, *args, **options):
        places = ", ".join(options["places"])
        self.stdout.write(
            f"{places}: {options['hours']}h {options['depth']}mm{' hail' if options['hail'] else ''}"
        )


def _run(*args, **options):
    out = io.StringIO()
    call_command(Rain(), *args, stdout=out, **options)
    return out.getvalue()


def test_a_command_is_called_with_words_or_keywords():
    assert _run("bern", "--hours=2", depth=3) == "Bern: 2h 3mm\n"
    assert _run("bern", "oslo", hail=True, depth="4") == "Bern, Oslo: 1h 4mm hail\n"


def test_what_is_missing_or_unknown_is_an_error_rather_than_an_exit():
    with pytest.raises(CommandError, match="--depth"):
        _run("bern")
    with pytest.raises(TypeError, match=r"Unknown option\(s\) for .* command: hour"):
        _run("bern", depth=1, hour=2)
    with pytest.raises(CommandError, match="invalid int value"):
        _run("bern", "--hours", "many", depth=1)


@pytest.mark.parametrize("name", ["loaddata", "startapp", "sqlmigrate", "sendtestemail"])
def test_help_of_a_command_that_wants_arguments_is_shown_without_any(capsys, name):
    with pytest.raises(SystemExit) as caught:
        execute_from_command_line(["manage.py", name, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: manage.py {name} ")


def test_a_command_given_no_argument_at_all_says_in_its_own_words_what_it_wants(capsys):
    with pytest.raises(SystemExit) as caught:
        execute_from_command_line(["manage.py", "sendtestemail"])
    assert caught.value.code == 2
    assert "You must specify some email recipients" in capsys.readouterr().err


def test_an_unknown_command_is_told_with_the_nearest(capsys):
    with pytest.raises(CommandError, match="Unknown command: 'chekc'") as caught:
        call_command("chekc")
    assert "check" in str(caught.value) + "".join(getattr(caught.value, "__notes__", ()))
    with pytest.raises(SystemExit):
        ManagementUtility(["manage.py", "startap"]).execute()
    told = capsys.readouterr().err
    assert "Unknown command: 'startap'. Did you mean startapp?" in told
    assert "Type 'manage.py help' for usage." in told


def test_help_lists_commands_and_explains_one(capsys):
    execute_from_command_line(["manage.py", "help"])
    listed = capsys.readouterr().out
    assert {"check", "shell", "startproject"} <= set(listed.split())
    with pytest.raises(SystemExit) as caught:
        execute_from_command_line(["manage.py", "check", "--help"])
    assert caught.value.code == 0
    assert "--deploy" in capsys.readouterr().out


def test_the_version_is_shown_alone(capsys):
    import nuages

    execute_from_command_line(["manage.py", "--version"])
    assert capsys.readouterr().out.strip() == nuages.get_version()


def test_every_command_that_comes_with_nuages_can_be_loaded_and_describes_itself():
    from nuages.core.management import load_command_class

    commands = get_commands()
    assert {"check", "diffsettings", "run", "shell", "startapp", "startproject"} <= set(commands)
    for name, app in commands.items():
        command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
        assert command.help, name
        assert command.create_parser("manage.py", name).format_help()


class Fails(BaseCommand):
    requires_system_checks = []

    def handle(self, *args, **options):
        raise CommandError("No rain today", returncode=3)


def test_an_error_of_a_command_is_one_line_and_an_exit_status(capsys):
    with pytest.raises(SystemExit) as caught:
        Fails().run_from_argv(["manage.py", "fails"])
    assert caught.value.code == 3
    assert capsys.readouterr().err == "CommandError: No rain today\n"
    with pytest.raises(CommandError):
        Fails().run_from_argv(["manage.py", "fails", "--traceback"])


class Queries(BaseCommand):
    requires_system_checks = []

    def handle(self, *args, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM nowhere")


def test_a_table_that_is_not_there_is_told_with_what_to_do(capsys):
    with pytest.raises(SystemExit) as caught:
        Queries().run_from_argv(["manage.py", "queries"])
    assert caught.value.code == 1
    told = capsys.readouterr().err
    assert "nowhere" in told and "Traceback" not in told
    assert "Have all migrations been applied?" in told
    assert told.endswith("--traceback shows where it was asked for what it does not have.\n")
    with pytest.raises(DatabaseError):
        Queries().run_from_argv(["manage.py", "queries", "--traceback"])


class Writes(BaseCommand):
    requires_system_checks = []

    def handle(self, *args, **options):
        raise PermissionError(13, "Permission denied", "/srv/static")


def test_a_file_that_cannot_be_written_is_told_without_a_traceback(capsys):
    with pytest.raises(SystemExit) as caught:
        Writes().run_from_argv(["manage.py", "writes"])
    assert caught.value.code == 1
    assert capsys.readouterr().err == (
        "/srv/static: Permission denied.\nLet the user that runs this command write there, or name another place.\n"
    )
    with pytest.raises(PermissionError):
        Writes().run_from_argv(["manage.py", "writes", "--traceback"])


class Asks(BaseCommand):
    requires_system_checks = []

    def add_arguments(self, parser):
        add_no_input(parser)

    def handle(self, *args, **options):
        self.stdout.write(input("Empty the database? "))


def test_a_question_without_anybody_to_answer_ends_the_command_with_the_option_that_answers(
    capsys, monkeypatch
):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(SystemExit) as caught:
        Asks().run_from_argv(["manage.py", "asks"])
    assert caught.value.code == 1
    told = capsys.readouterr()
    assert told.out == "Empty the database? "
    assert (
        told.err
        == "The input ended before this command had its answer.\n--no-input runs it without questions.\n"
    )
    with pytest.raises(EOFError):
        Asks().run_from_argv(["manage.py", "asks", "--traceback"])


class Shout(LabelCommand):
    requires_system_checks = []

    def handle_label(self, label, **options):
        return label.upper()


def test_labels_are_handled_one_by_one(capsys):
    assert call_command(Shout(), "a", "b") == "A\nB"


def test_an_async_handle_is_awaited():
    class Coloured(BaseCommand):
        requires_system_checks = []

        async def handle(self, *args, **options):
            return "async"

    assert call_command(Coloured()) == "async"


def test_output_ends_its_lines_and_is_coloured_only_for_a_terminal():
    out = io.StringIO()
    wrapper = OutputWrapper(out)
    wrapper.style_func = str.upper
    wrapper.write("a")
    wrapper.write("b\n", ending="!")
    assert out.getvalue() == "a\nb\n!"
    assert make_style("nocolor").ERROR("x") == "x"
    assert make_style("light").ERROR("x") != "x"


def test_differing_settings_are_listed(capsys):
    call_command("diffsettings")
    told = capsys.readouterr().out
    assert "ROOT_URLCONF = 'tests.urls'" in told
    assert "APPEND_SLASH" not in told
    call_command("diffsettings", output="unified", all=True)
    assert "  APPEND_SLASH = True" in capsys.readouterr().out


def test_the_shell_runs_a_command_or_standard_input(capsys, monkeypatch):
    call_command("shell", command="print(settings.ROOT_URLCONF)", verbosity=0)
    assert capsys.readouterr().out == "tests.urls\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO("x = 40\ndef more():\n    return x + 2\nprint(more())\n"))
    monkeypatch.setattr("select.select", lambda *args: ([sys.stdin], [], []))
    call_command("shell", verbosity=0)
    assert capsys.readouterr().out == "42\n"


def test_the_run_command_runs_a_script_written_for_django(tmp_path, capsys):
    import subprocess

    script = tmp_path / "script.py"
    script.write_text("import sys, django.utils.text as text\nprint(text.__name__, sys.argv[1:])\n")
    done = subprocess.run(
        [sys.executable, "-m", "nuages", "run", str(script), "--flag", "x"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.stdout == "nuages.utils.text ['--flag', 'x']\n", done.stderr


def test_small_helpers_of_commands():
    assert handle_extensions(["html,js", ".txt"]) == {".html", ".js", ".txt"}
    assert is_ignored_path("a/b/settings.pyc", normalize_path_patterns(["*.pyc"]))
    assert not is_ignored_path("a/b.py", ["*.pyc", "b"])
    assert len(get_random_secret_key()) == 50
