package dev.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what the jar carries of others: a list, and the texts of the licences that it names. */
@Command(name = "licenses", header = "Print what the jar carries of others.")
final class LicensesCommand extends CliCommand {
    private static final Pattern FILE = Pattern.compile("[\\w.-]+\\.txt");

    @Option(names = "--texts", description = "Also print the text of each licence and notice.")
    private boolean texts;

    @Override
    public Integer call() throws IOException, CommandException {
        String list = read("README.txt");
        out().print(list);
        if (texts) {
            Set<String> files = new LinkedHashSet<>();
            Matcher named = FILE.matcher(list);
            while (named.find()) {
                files.add(named.group());
            }
            for (String file : files) {
                out().println();
                out().println("==== " + file);
                out().println();
                out().print(read(file));
            }
        }
        out().flush();
        return Cli.DONE;
    }

    private static String read(String file) throws IOException, CommandException {
        try (InputStream in = ClassLoader.getSystemResourceAsStream("META-INF/licenses/" + file)) {
            if (in == null) {
                throw new CommandException("the licences are in the agent's jar, and this is not run from it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
