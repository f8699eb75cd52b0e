package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Prints what completes the commands in a shell. It is made of the commands themselves; picocli's own script would add
 * only what it knows of the types of values, and is larger than the rest of the command line.
 */
@Command(
        name = "completion",
        header = "Print a function for bash that completes these commands.",
        description = {
            "Defines holdfast, which stands for java -jar with this jar, and completes its commands, options, files and"
                    + " the processes of JVMs.",
            ""
        },
        footer = {"", "In ~/.bashrc:", "  eval \"$(java -jar holdfast-agent.jar completion)\""})
final class CompletionCommand extends CliCommand {
    private static final String SCRIPT = """
            # Completion for holdfast in bash: eval "$(java -jar holdfast-agent.jar completion)"
            holdfast() { java -jar %s "$@"; }
            _holdfast() {
                local word=${COMP_WORDS[COMP_CWORD]} options= words=
                if ((COMP_CWORD == 1)); then
                    options='%s'
                    words='%s'
                else
                    case ${COMP_WORDS[1]} in
            %s        esac
                fi
                if [[ $word == -* ]]; then words=$options; fi
                COMPREPLY=($(compgen -W "$words" -- "$word"))
            }
            complete -o default -F _holdfast holdfast
            """;

    @Override
    public Integer call() {
        CommandLine top = commandLine().getParent();
        Map<String, CommandLine> commands = new TreeMap<>(top.getSubcommands());
        String names = String.join(" ", commands.keySet());
        StringBuilder cases = new StringBuilder();
        for (CommandSpec command : specs(commands)) {
            List<String> spellings = new ArrayList<>(List.of(command.name()));
            spellings.addAll(List.of(command.aliases()));
            cases.append("            ")
                    .append(String.join("|", spellings))
                    .append(") options='")
                    .append(options(command))
                    .append('\'')
                    .append(words(command, names))
                    .append(" ;;\n");
        }
        String jar = "'" + cli().jar().getAbsolutePath().replace("'", "'\\''") + "'";
        out().print(SCRIPT.formatted(jar, options(top.getCommandSpec()), names, cases));
        out().flush();
        return Cli.DONE;
    }

    /** Each command once, whatever spellings it has. */
    private static List<CommandSpec> specs(Map<String, CommandLine> commands) {
        List<CommandSpec> specs = new ArrayList<>();
        commands.forEach((name, command) -> {
            if (name.equals(command.getCommandSpec().name())) {
                specs.add(command.getCommandSpec());
            }
        });
        return specs;
    }

    private static String options(CommandSpec command) {
        TreeSet<String> names = new TreeSet<>();
        for (OptionSpec option : command.options()) {
            names.addAll(List.of(option.names()));
        }
        return String.join(" ", names);
    }

    /** The words for what is no option; without any, the shell completes files. */
    private static String words(CommandSpec command, String names) {
        if (command.userObject() instanceof CommandLine.HelpCommand) {
            return " words='" + names + "'";
        }
        List<PositionalParamSpec> positions = command.positionalParameters();
        if (positions.isEmpty() || !positions.get(0).paramLabel().contains("PID")) {
            return "";
        }
        String find = "pgrep -u \"$EUID\" -x java";
        return " words=$( " + (positions.size() > 1 ? "((COMP_CWORD > 2)) || " + find : find) + ")";
    }
}
