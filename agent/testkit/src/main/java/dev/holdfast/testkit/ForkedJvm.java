package dev.holdfast.testkit;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own for a test: with or without the packaged agent, on any {@link Jdks.Jdk}. Its environment is the
 * test's without variables that change a JVM ({@code JAVA_TOOL_OPTIONS}, {@code HOLDFAST_*}, …).
 *
 * <pre>{@code
 * ForkedJvm.Result result = new ForkedJvm(jdk).agent(config.toString()).main(Program.class, "argument").run();
 * }</pre>
 */
public final class ForkedJvm {
    private static final List<String> REMOVED = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private final Jdks.Jdk jdk;
    private final List<String> launcher = new ArrayList<>();
    private final List<String> jvmArguments = new ArrayList<>();
    private final List<String> mainArguments = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> removed = new ArrayList<>(REMOVED);
    private @Nullable Path directory;
    private String classPath = withoutAgent(System.getProperty("java.class.path"));
    private Duration limit = Duration.ofSeconds(60);

    /** The beginning of an entry of the agent's log on standard error. */
    private static final Pattern ENTRY = Pattern.compile(
            "(?m)^\\[holdfast] \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z (?:ERROR|WARN|INFO|DEBUG) ");

    /**
     * The output and exit status of a JVM.
     *
     * @param rawErr standard error as it was written
     */
    public record Result(int exit, String out, String rawErr) {
        /** Standard error, less the time and the level of the agent's entries, so that it can be compared. */
        public String err() {
            return withoutTimes(rawErr);
        }

        /** This result; fails unless the JVM exited with 0. */
        public Result succeeded() {
            if (exit != 0) {
                throw new AssertionError("exit " + exit + "\n--- out\n" + out + "\n--- err\n" + rawErr);
            }
            return this;
        }

        /** The lines of standard output. */
        public List<String> lines() {
            return out.lines().toList();
        }
    }

    /** A JVM of this JDK with the test's class path, less the agent's own classes, and a small heap. */
    public ForkedJvm(Jdks.Jdk jdk) {
        this.jdk = jdk.orSkip();
        jvmArguments.add("-Xmx256m");
        jvmArguments.add("-XX:+UseSerialGC");
        jvmArguments.add("-XX:TieredStopAtLevel=1");
    }

    /**
     * The packaged agent: the property {@code holdfast.agent.jar}, else what the build made.
     *
     * @throws AssertionError if it has not been built
     */
    public static Path agentJar() {
        Path jar = Path.of(System.getProperty("holdfast.agent.jar", "../target/holdfast-agent.jar"))
                .toAbsolutePath();
        if (!Files.isRegularFile(jar)) {
            throw new AssertionError(jar + " is missing: run these tests with `mvn verify`");
        }
        return jar;
    }

    /** Starts it with the packaged agent and this agent argument (empty for none). */
    public ForkedJvm agent(String argument) {
        return jvm("-javaagent:" + agentJar() + (argument.isEmpty() ? "" : "=" + argument));
    }

    /** Starts it by another program, which takes a command behind these arguments of its own. */
    public ForkedJvm by(String... command) {
        launcher.addAll(List.of(command));
        return this;
    }

    /** Adds arguments for the JVM. */
    public ForkedJvm jvm(String... arguments) {
        jvmArguments.addAll(List.of(arguments));
        return this;
    }

    /** Replaces the class path. */
    public ForkedJvm classPath(String path) {
        this.classPath = path;
        return this;
    }

    /** Sets an environment variable. */
    public ForkedJvm environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Takes an environment variable of the test's away. */
    public ForkedJvm withoutEnvironment(String name) {
        removed.add(name);
        return this;
    }

    /** Runs it in a working directory of its own. */
    public ForkedJvm in(Path workingDirectory) {
        this.directory = workingDirectory;
        return this;
    }

    /** The main class, from the class path, and its arguments. */
    public ForkedJvm main(Class<?> program, String... arguments) {
        return main(program.getName(), arguments);
    }

    /** The main class by name (or {@code -jar}, {@code -version}, …), and its arguments. */
    public ForkedJvm main(String program, String... arguments) {
        mainArguments.add(program);
        mainArguments.addAll(List.of(arguments));
        return this;
    }

    /** Sets the time that it may run; it is killed then, and {@link #run} fails. */
    public ForkedJvm within(Duration time) {
        this.limit = time;
        return this;
    }

    /** Runs it to its end. */
    public Result run() {
        return new Running(launch(ProcessBuilder.Redirect.from(nothing())), limit, false).end();
    }

    /** Starts it, with a standard input that the test holds; it has to end within its limit after that was closed. */
    public Running start() {
        return new Running(launch(ProcessBuilder.Redirect.PIPE), limit, true);
    }

    private Process launch(ProcessBuilder.Redirect input) {
        List<String> command = new ArrayList<>(launcher);
        command.add(jdk.tool("java").toString());
        command.addAll(jvmArguments);
        if (!classPath.isEmpty()) {
            command.add("-cp");
            command.add(classPath);
        }
        command.addAll(mainArguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(input);
        builder.environment().keySet().removeIf(name -> removed.contains(name) || name.startsWith("HOLDFAST_"));
        builder.environment().putAll(environment);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A JVM that runs. Closing it ends it; who did not {@link #end} it before does not learn how it went. */
    public static final class Running implements AutoCloseable {
        private final Process process;
        private final Duration limit;
        private final Output out;
        private final Output err;

        Running(Process process, Duration limit, boolean interactive) {
            this.process = process;
            this.limit = limit;
            this.out = new Output(process.getInputStream());
            this.err = new Output(process.getErrorStream());
            if (!interactive) {
                tell(null);
            }
        }

        /** Returns its standard output so far. */
        public String out() {
            return out.text();
        }

        /** Returns its standard error so far, as {@link Result#err} has it. */
        public String err() {
            return withoutTimes(err.text());
        }

        /** The JVM's process id. */
        public long pid() {
            return process.pid();
        }

        /** Writes a line to its standard input; null closes it. */
        public void tell(@Nullable String line) {
            try {
                OutputStream in = process.getOutputStream();
                if (line == null) {
                    in.close();
                } else {
                    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                    in.flush();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Closes its standard input and waits for its end. */
        public Result end() {
            tell(null);
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError("not finished after " + limit + ": "
                            + process.info().commandLine().orElse("a JVM") + "\n--- out\n" + out.all() + "\n--- err\n"
                            + err.all());
                }
                return new Result(process.exitValue(), out.all(), err.all());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /**
     * The program under test must not find the agent's classes where they were compiled: they would be loaded instead
     * of the packaged ones.
     */
    private static String withoutAgent(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .filter(entry -> !isOfAgent(Path.of(entry))
                        && !entry.contains("jqwik")) // writes to standard error wherever a test engine is looked for
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * Returns whether an entry of the class path has classes of the agent itself: a module's jar, or compiled classes.
     */
    private static boolean isOfAgent(Path entry) {
        String name = entry.getFileName().toString();
        if (name.endsWith(".jar")) {
            return name.startsWith("holdfast-") && !name.startsWith("holdfast-testkit") && !name.contains("-tests");
        }
        return name.equals("classes")
                && Files.isDirectory(entry.resolve("dev/holdfast"))
                && !Files.isDirectory(entry.resolve("dev/holdfast/testkit"));
    }

    private static String withoutTimes(String err) {
        return ENTRY.matcher(err).replaceAll("[holdfast] ");
    }

    private static File nothing() {
        return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
    }

    /** The output of a stream so far, collected by a thread beside the test. */
    private static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread reader;

        Output(InputStream stream) {
            reader = new Thread(
                    () -> {
                        try (stream) {
                            stream.transferTo(bytes);
                        } catch (IOException e) {
                            bytes.writeBytes(("\n" + e).getBytes(StandardCharsets.UTF_8));
                        }
                    },
                    "forked-jvm-output");
            reader.setDaemon(true);
            reader.start();
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        String all() throws InterruptedException {
            reader.join();
            return text();
        }
    }
}
