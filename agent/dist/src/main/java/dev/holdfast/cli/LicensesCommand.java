package dev.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;

/** Prints what the jar carries of others. */
@Command(name = "licenses", header = "Print what the jar carries of others.")
final class LicensesCommand extends CliCommand {
    @Override
    public Integer call() throws IOException, CommandException {
        try (InputStream in = ClassLoader.getSystemResourceAsStream("META-INF/licenses/README.txt")) {
            if (in == null) {
                throw new CommandException("the licences are in the agent's jar, and this is not run from it");
            }
            out().print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            out().flush();
        }
        return Cli.DONE;
    }
}
