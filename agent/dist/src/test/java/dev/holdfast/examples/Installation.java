package dev.holdfast.examples;

import dev.holdfast.launch.FlakyCallEach;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;

/**
 * The files that the pages for users assume, in a directory of a test: the packed jar, a configuration and a program.
 * The program is served where it ends with two good calls in four requests.
 *
 * @param directory where scripts run
 * @param configuration in place of {@code /etc/holdfast.toml}
 * @param program in place of {@code app.jar}
 */
record Installation(Path directory, Path configuration, Path program) {
    /** The repository. */
    static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();

    /** The program's output where it is served. */
    static final String SERVED = "HttpURLConnection 200\nHttpClient 200\nrequests 4\n";

    /** The program's output without the agent. */
    static final String NOT_SERVED = "HttpURLConnection 503\nHttpClient 503\nrequests 2\n";

    /** The result of a script. */
    record Ended(int exit, String out, String err) {}

    /** Installs all of it. */
    static Installation in(Path directory) throws IOException {
        Path configuration =
                Files.copy(REPOSITORY.resolve("config-examples/quickstart.toml"), directory.resolve("holdfast.toml"));
        Path program = directory.resolve("app.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FlakyCallEach.class.getName());
        try (OutputStream file = Files.newOutputStream(program);
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            for (String name : List.of("FlakyCallEach", "OneCallEach")) {
                String entry = "dev/holdfast/launch/" + name + ".class";
                jar.putNextEntry(new JarEntry(entry));
                try (InputStream bytes = FlakyCallEach.class.getResourceAsStream("/" + entry)) {
                    Objects.requireNonNull(bytes, entry).transferTo(jar);
                }
            }
        }
        return new Installation(directory, configuration, program);
    }

    /** Runs a script with the JDK's commands first on the path, in an environment without options for JVMs. */
    Ended shell(Jdk jdk, String script) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("script"), here(script));
        ProcessBuilder builder = Tool.orSkip("bash", "bash").command("-eu", file.toString());
        Map<String, String> environment = builder.environment();
        environment
                .keySet()
                .removeIf(name -> name.endsWith("JAVA_OPTIONS")
                        || name.equals("JAVA_TOOL_OPTIONS")
                        || name.equals("MAVEN_OPTS")
                        || name.startsWith("HOLDFAST_"));
        Path bin = jdk.orSkip().tool("java").getParent();
        environment.put("PATH", bin + ":" + environment.get("PATH"));
        environment.put("JAVA_HOME", String.valueOf(bin.getParent()));
        Path errors = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectErrorStream(false)
                .redirectInput(Files.createTempFile(directory, "in", "").toFile())
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output, Files.readString(errors));
    }

    /** A text with the paths of the page replaced by those of this test. */
    String here(String text) {
        return text.replaceAll("(?:/opt)?/holdfast/holdfast-agent\\.jar", installed(ForkedJvm.agentJar()))
                .replaceAll("/etc/(?:holdfast/)?holdfast\\.toml", installed(configuration))
                .replaceAll("(?<![\\w/-])app\\.jar", installed(program));
    }

    private static String installed(Path path) {
        return Matcher.quoteReplacement(path.toString());
    }
}
