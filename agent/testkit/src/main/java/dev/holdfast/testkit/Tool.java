package dev.holdfast.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of this machine that tests need beside JDKs: where it is missing, the test is skipped loudly, or fails on
 * CI.
 */
public record Tool(Path executable) {
    /** The exit status and output of a tool. */
    public record Ended(int exit, String output) {}

    /**
     * Looks for it on the {@code PATH}.
     *
     * @param name of the program
     * @param debianPackage the package that it comes with
     */
    public static Tool orSkip(String name, String debianPackage) {
        String path = System.getenv().getOrDefault("PATH", "");
        Path found = Arrays.stream(path.split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (found == null) {
            String message = "no " + name + " was found on the PATH (Debian's package is called " + debianPackage + ")";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(message);
            }
            Assumptions.abort("SKIPPED: " + message);
            throw new IllegalStateException(message);
        }
        return new Tool(found);
    }

    /** Its command line. */
    public ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(executable.toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Runs it to its end, with this input. */
    public Ended run(byte[] input, String... arguments) throws IOException, InterruptedException {
        Path file = Files.createTempFile("input", "");
        try {
            Files.write(file, input);
            Process process = command(arguments).redirectInput(file.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } finally {
            Files.delete(file);
        }
    }
}
