package dev.holdfast.cli;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command, and what came of it.
 *
 * @param arguments what was typed
 * @param status its exit status
 * @param out its standard output
 * @param err its standard error
 */
record CommandRun(List<String> arguments, int status, String out, String err) {
    /** Runs a command in this JVM. */
    static CommandRun of(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status =
                Cli.run(arguments, new File("holdfast-agent.jar"), "1.2.3", new PrintStream(out), new PrintStream(err));
        return new CommandRun(List.of(arguments), status, text(out), text(err));
    }

    /** Runs a command in this JVM, with something on its standard input. */
    static CommandRun ofInput(byte[] input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return of(arguments);
        } finally {
            System.setIn(before);
        }
    }

    /** Runs the packaged jar. */
    static CommandRun ofJar(Jdks.Jdk jdk, String... arguments) {
        List<String> all = new ArrayList<>(List.of(ForkedJvm.agentJar().toString()));
        all.addAll(List.of(arguments));
        ForkedJvm.Result result = new ForkedJvm(jdk)
                .classPath("")
                .main("-jar", all.toArray(new String[0]))
                .run();
        return new CommandRun(List.of(arguments), result.exit(), result.out(), result.err());
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(Charset.defaultCharset()).replace(System.lineSeparator(), "\n");
    }

    /** Returns the output as a terminal shows it, with directories left out. */
    String transcript() {
        String directory = Path.of("").toAbsolutePath() + File.separator;
        return ("$ " + String.join(" ", arguments) + "\n" + out + (err.isEmpty() ? "" : "--- standard error\n" + err)
                        + "--- exit " + status + "\n\n")
                .replace(directory, "");
    }
}
