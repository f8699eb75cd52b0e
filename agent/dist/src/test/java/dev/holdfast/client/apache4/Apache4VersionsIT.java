package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ConnectProxy;
import dev.holdfast.testkit.ConnectProxy.Does;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.ToyClasses;
import dev.holdfast.versions.LatestRelease;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each version of the library that changed a symbol in use, the oldest and the newest, and a relocated copy of it, all
 * in one JVM. The server answers every other request by 503.
 */
class Apache4VersionsIT {
    private static final Path VERSIONS = Path.of("target", "apache4").toAbsolutePath();
    private static final Path CLASSES = Path.of("target", "test-classes").toAbsolutePath();
    private static final String SHADED = "com/vendor/shaded/http";

    /** Two attempts of each client that has a proxy: one of 4.0 to 4.2, two of each newer copy. */
    private static final int TUNNELS = 2 * (3 + 2 * 5);

    private static final String OLD = "DefaultHttpClient 200fine 200fine, ";
    private static final String CODING = "ContentEncodingHttpClient 200fine 200fine, ";
    private static final String SYSTEM = "SystemDefaultHttpClient 200fine 200fine, ";
    private static final String BUILT = "createDefault 200fine 200fine, createMinimal 200fine 200fine";

    @TempDir
    static Path directory;

    private static final Map<String, String> EXPECTED = new LinkedHashMap<>();
    private static Path latest = VERSIONS;

    @BeforeAll
    static void copies() throws IOException {
        String decompressing = "DecompressingHttpClient 200fine 200fine";
        EXPECTED.put("4.0", "DefaultHttpClient 200fine 200fine");
        EXPECTED.put("4.1", OLD + "ContentEncodingHttpClient 200fine 200fine");
        EXPECTED.put("4.2", OLD + CODING + "SystemDefaultHttpClient 200fine 200fine");
        for (String version : List.of("4.3", "4.4", "4.5", "4.5.14", "shaded")) {
            EXPECTED.put(version, OLD + CODING + SYSTEM + decompressing + ", " + BUILT);
        }
        if (LatestRelease.isWanted()) {
            latest = LatestRelease.of("org.apache.httpcomponents", "httpclient");
            EXPECTED.put("latest", OLD + CODING + SYSTEM + decompressing + ", " + BUILT);
        }
        Path shaded = Files.createDirectories(directory.resolve("shaded"));
        Files.write(shaded.resolve("vendor.jar"), relocated());
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void calls_of_every_version_are_sent_again_by_their_policy(Jdk jdk) throws IOException {
        try (ScriptedServer server = server();
                ConnectProxy proxy = new ConnectProxy().otherwise(Does.CLOSE)) {
            Result result = program(jdk, server, proxy)
                    .agent(config().toString())
                    .main(Apache4VersionsProgram.class, arguments(server))
                    .run()
                    .succeeded();

            assertAllCovered(result, server);
            assertThat(proxy.asked())
                    .as("a POST is sent again where it is the proxy that failed")
                    .hasSize(TUNNELS);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void clients_that_were_made_before_an_attach_are_covered_after_it(Jdk jdk) throws IOException {
        try (ScriptedServer server = server();
                ConnectProxy proxy = new ConnectProxy().otherwise(Does.CLOSE)) {
            List<String> arguments =
                    new ArrayList<>(List.of("attach", ForkedJvm.agentJar().toString(), config().toString()));
            arguments.addAll(List.of(arguments(server)));

            Result result = program(jdk, server, proxy)
                    .jvm("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                    .main(Apache4VersionsProgram.class, arguments.toArray(String[]::new))
                    .run()
                    .succeeded();

            assertAllCovered(result, server);
            assertThat(proxy.asked())
                    .as("a POST is sent again where it is the proxy that failed")
                    .hasSize(TUNNELS);
        }
    }

    private static void assertAllCovered(Result result, ScriptedServer server) {
        List<String> lines = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        EXPECTED.forEach((version, calls) -> {
            lines.add(version + ": " + calls);
            for (String call : calls.split(", ", -1)) {
                String path = "/" + version + "/" + call.substring(0, call.indexOf(' '));
                targets.addAll(List.of("GET " + path, "GET " + path, "PUT " + path, "PUT " + path));
            }
        });
        assertThat(result.lines()).containsExactlyElementsOf(lines);
        // Minimal clients of 4.3 send the whole address, with and without the agent.
        String address = server.uri("").toString();
        assertThat(server.requests())
                .extracting(request -> request.method() + " " + request.target().replace(address, ""))
                .containsExactlyElementsOf(targets);
        assertThat(server.requests().stream().filter(request -> request.method().equals("PUT")))
                .extracting(ReceivedRequest::text)
                .containsOnly("an order");
        assertThat(result.err()).doesNotContain("lacks", "ERROR", "cannot");
    }

    private static ScriptedServer server() {
        ScriptedServer server = ScriptedServer.http();
        server.otherwise(new Function<>() {
            private int count;

            @Override
            public ScriptedResponse apply(ReceivedRequest request) {
                return count++ % 2 == 0 ? ScriptedResponse.respond(503) : ScriptedResponse.respond(200, "fine");
            }
        });
        return server;
    }

    private static Path config() throws IOException {
        return Files.writeString(
                directory.resolve("holdfast.toml"),
                "[retry]\nmax_retries = 1\ninitial_delay = \"1ms\"\n[retry.budget]\nenabled = false\n");
    }

    private static String[] arguments(ScriptedServer server) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.add(server.uri("").toString());
        for (String version : EXPECTED.keySet()) {
            Path jars = switch (version) {
                case "shaded" -> directory.resolve("shaded");
                case "latest" -> latest;
                default -> VERSIONS.resolve(version);
            };
            List<String> classPath = new ArrayList<>();
            try (Stream<Path> files = Files.list(jars)) {
                files.sorted().map(Path::toString).forEach(classPath::add);
            }
            if (!version.equals("shaded")) {
                classPath.add(caller());
            }
            classPath.addAll(logging());
            arguments.add(String.join(File.pathSeparator, classPath) + '=' + version);
        }
        return arguments.toArray(String[]::new);
    }

    /** The caller alone: the loader must not see the whole of these tests. */
    private static String caller() throws IOException {
        Path jar = directory.resolve("caller.jar");
        if (!Files.exists(jar)) {
            Files.write(jar, ToyClasses.zip(Map.of(callerPath(), Files.readAllBytes(CLASSES.resolve(callerPath())))));
        }
        return jar.toString();
    }

    private static String callerPath() {
        return Apache4Caller.class.getName().replace('.', '/') + ".class";
    }

    private static List<String> logging() throws IOException {
        try (Stream<Path> files = Files.list(VERSIONS.resolve("common"))) {
            return files.map(Path::toString).toList();
        }
    }

    private static byte[] relocated() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(VERSIONS.resolve("4.5.14"))) {
            for (Path jar : files.toList()) {
                try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
                    for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                        relocate(entry, in, entries);
                    }
                }
            }
        }
        entries.put(callerPath(), moved(Files.readAllBytes(CLASSES.resolve(callerPath()))));
        return ToyClasses.zip(entries);
    }

    private static void relocate(ZipEntry entry, InputStream in, Map<String, byte[]> entries) throws IOException {
        String name = entry.getName();
        if (name.startsWith("org/apache/http/") && !entry.isDirectory()) {
            byte[] bytes = in.readAllBytes();
            entries.put(name.replace("org/apache/http/", SHADED + '/'), name.endsWith(".class") ? moved(bytes) : bytes);
        }
    }

    private static byte[] moved(byte[] classfile) {
        ClassWriter writer = new ClassWriter(0);
        Remapper moved = new Remapper() {
            @Override
            public String map(String internalName) {
                return internalName.replace("org/apache/http/", SHADED + '/');
            }

            @Override
            public Object mapValue(Object value) {
                return value instanceof String text
                        ? text.replace("org.apache.http.", SHADED.replace('/', '.') + '.')
                        : super.mapValue(value);
            }
        };
        new ClassReader(classfile).accept(new ClassRemapper(writer, moved), 0);
        return writer.toByteArray();
    }

    private static ForkedJvm program(Jdk jdk, ScriptedServer server, ConnectProxy proxy) {
        assertThat(server.accepted()).isZero();
        return new ForkedJvm(jdk)
                .jvm("-Xverify:all", "-Dtunnel.proxy=" + proxy.address().getPort())
                .classPath(CLASSES
                        + File.pathSeparator
                        + ByteBuddyAgent.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath());
    }
}
