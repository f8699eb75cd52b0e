package dev.holdfast.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The command line: {@code java -jar holdfast-agent.jar ...}. Exit status 0, or 2 for a command that it does not know. */
public final class Main {
    private static final String USAGE = String.join(
            System.lineSeparator(),
            "Usage: java -javaagent:holdfast-agent.jar=FILE ...             run a program under the policies of a TOML file",
            "       java -javaagent:holdfast-agent.jar=config=FILE,strict=true ...   the same; a bad file stops the program",
            "       java -jar holdfast-agent.jar version                    print the version",
            "       java -jar holdfast-agent.jar licenses                   print what the jar carries of others",
            "       java -jar holdfast-agent.jar help                       print this",
            "",
            "The file may also be named by -Dholdfast.config=FILE or the environment variable HOLDFAST_CONFIG.");

    private Main() {}

    /**
     * Runs one command.
     *
     * @param arguments the command
     */
    public static void main(String[] arguments) {
        int status = run(arguments, System.out, System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** {@link #main} without the exit. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        String command = arguments.length == 0 ? "help" : arguments[0];
        switch (command) {
            case "version":
            case "--version":
            case "-V":
                out.println("holdfast " + version());
                return 0;
            case "licenses":
                out.println(licenses());
                return 0;
            case "help":
            case "--help":
            case "-h":
                out.println("holdfast " + version());
                out.println(USAGE);
                return 0;
            default:
                err.println("holdfast: unknown command \"" + command + "\"");
                err.println(USAGE);
                return 2;
        }
    }

    private static String version() {
        @Nullable String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not run from its jar)" : version;
    }

    private static String licenses() {
        StringBuilder text = new StringBuilder();
        try (InputStream in = Main.class.getResourceAsStream("/META-INF/licenses/README.txt")) {
            if (in == null) {
                return "(not run from its jar)";
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                text.append(line).append(System.lineSeparator());
            }
        } catch (IOException e) {
            return "The licence texts cannot be read: " + e.getMessage();
        }
        return text.toString();
    }
}
