package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Jdks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link ServedProgram} that runs, in a directory of its own, until it is closed. */
final class Subject implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final Path err;

    Subject(Jdks.Jdk jdk, Path directory, String... options) throws IOException {
        err = Files.createTempFile(directory, "subject", ".err");
        List<String> command = new ArrayList<>(List.of(
                jdk.orSkip().tool("java").toString(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                ServedProgram.class.getName(),
                "an-argument"));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.contains("JAVA_") || name.startsWith("HOLDFAST_"));
        process = builder.start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = process.outputWriter(StandardCharsets.UTF_8);
        assertThat(out.readLine()).startsWith("first ");
    }

    String pid() {
        return Long.toString(process.pid());
    }

    /** Lets it call, and gives the statuses of HttpURLConnection and HttpClient. */
    String calls(String name) throws IOException {
        in.write(name + "\n");
        in.flush();
        return out.readLine();
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Lets it end by itself. */
    void end() throws IOException, InterruptedException {
        in.close();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
