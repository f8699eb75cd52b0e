package dev.holdfast.image;

import static dev.holdfast.testkit.ScriptedResponse.respond;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.AgentJar;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The container image as a tree of files, and its use as an init container: OpenTelemetry's operator, the policies of
 * the examples and a plain Deployment all copy {@code /javaagent.jar} with the image's own {@code cp}.
 */
class ImageIT {
    /** The configuration that stands in a variable of the pod. */
    private static final String INLINE = "[retry]\nmax_retries = 1\ninitial_delay = \"1ms\"\n";

    /** Licences, the bill of materials, and where scanners find what Debian's package is. */
    private static final Pattern DOCUMENTS = Pattern.compile("/(licenses|sbom|etc|var)/");

    @TempDir
    Path directory;

    private ImageTar image;

    @BeforeEach
    void read() throws IOException {
        image = ImageTar.orSkip();
    }

    @Test
    void it_holds_the_jar_a_cp_and_papers_and_nothing_else() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (ImageTar.Entry entry : image.entries()) {
            if (!DOCUMENTS.matcher(entry.path()).lookingAt()) {
                found.put(entry.path(), entry.describe());
            }
        }

        assertThat(found)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "/bin/", "0:0 755 directory",
                        "/bin/cp", "0:0 755 file",
                        "/javaagent.jar", "0:0 644 file"));
        assertThat(image.entry("/javaagent.jar").bytes()).isEqualTo(Files.readAllBytes(ForkedJvm.agentJar()));
        assertThat(image.entries())
                .filteredOn(entry -> DOCUMENTS.matcher(entry.path()).lookingAt())
                .allSatisfy(entry -> assertThat(entry.describe()).isIn("0:0 755 directory", "0:0 644 file"))
                .extracting(ImageTar.Entry::path)
                .filteredOn(path -> !path.endsWith("/"))
                .contains("/licenses/holdfast/LICENSE", "/licenses/holdfast/NOTICE", "/licenses/holdfast/README.txt")
                .filteredOn(path -> !path.startsWith("/licenses/holdfast/"))
                .containsExactlyInAnyOrder(
                        "/etc/os-release",
                        "/licenses/busybox/GPL-2.txt",
                        "/licenses/busybox/LGPL-2.1.txt",
                        "/licenses/busybox/README.txt",
                        "/licenses/busybox/busybox-copyright",
                        "/licenses/busybox/glibc-copyright",
                        "/sbom/holdfast-image.cdx.json",
                        "/var/lib/dpkg/status.d/busybox-static");
        Instant built = Instant.parse((String) Trees.at(image.config(), "created"));
        assertThat(image.entries())
                .allSatisfy(
                        entry -> assertThat(entry.modified()).as(entry.path()).isEqualTo(built));
    }

    /** GPL-2 and LGPL-2.1 ask for the source of exactly what is distributed. */
    @Test
    void its_papers_name_the_exact_source_of_what_is_not_ours() throws Exception {
        String version = "(\\d[\\w.+:~-]*)";
        String readme = text("/licenses/busybox/README.txt");
        Matcher busybox = found("BusyBox +busybox " + version + " +GPL-2", readme);
        Matcher glibc = found("GNU C library +glibc " + version + " +LGPL-2", readme);
        assertThat(readme)
                .contains("/package/busybox/" + busybox.group(1) + "/")
                .contains("/package/glibc/" + glibc.group(1) + "/");

        String status = text("/var/lib/dpkg/status.d/busybox-static");
        assertThat(status)
                .contains("Source: busybox (" + busybox.group(1) + ")\n")
                .contains("Built-Using: glibc (= " + glibc.group(1) + ")");
        String packaged = found("(?m)^Version: " + version + "$", status).group(1);
        Object bill = JsonMapper.shared().readValue(text("/sbom/holdfast-image.cdx.json"), Object.class);
        assertThat(Trees.list(Trees.at(bill, "components")).stream()
                        .map(component -> Trees.at(component, "name") + " " + Trees.at(component, "version")))
                .containsExactly(
                        "holdfast-agent " + System.getProperty("holdfast.version"),
                        "busybox-static " + packaged,
                        "glibc " + glibc.group(1));
        for (Object component : Trees.list(Trees.at(bill, "components"))) {
            String purl = (String) Trees.at(component, "purl");
            assertThat(URLDecoder.decode(purl, StandardCharsets.UTF_8))
                    .contains("/" + Trees.at(component, "name") + "@" + Trees.at(component, "version"));
            assertThat(purl).doesNotContain("@@").matches("pkg:(maven|deb)/[^ @]+@[^ @]+");
        }
        assertThat(text("/etc/os-release")).contains("ID=");
    }

    private String text(String path) {
        return new String(image.entry(path).bytes(), StandardCharsets.UTF_8);
    }

    private static Matcher found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern + " in " + text).isTrue();
        return matcher;
    }

    @Test
    void its_cp_needs_no_library_beside_it() {
        ByteBuffer elf = ByteBuffer.wrap(image.entry("/bin/cp").bytes()).order(ByteOrder.LITTLE_ENDIAN);

        assertThat(elf.getInt(0)).as("ELF").isEqualTo(0x464c457f);
        assertThat(elf.get(4)).as("64 bits").isEqualTo((byte) 2);
        List<Integer> segments = new ArrayList<>();
        for (int i = 0; i < elf.getShort(0x38); i++) {
            segments.add(elf.getInt((int) elf.getLong(0x20) + i * elf.getShort(0x36)));
        }
        int interpreter = 3; // PT_INTERP, which names the dynamic linker
        assertThat(segments).isNotEmpty().doesNotContain(interpreter);
    }

    @Test
    void its_configuration_says_whose_it_is_and_runs_as_a_numbered_user() {
        Object config = Trees.at(image.config(), "config");

        assertThat(image.tags()).containsExactly("holdfast-agent:" + System.getProperty("holdfast.version"));
        assertThat(Trees.at(image.config(), "rootfs", "diff_ids")).isEqualTo(image.layers());
        assertThat(Trees.at(image.config(), "os")).isEqualTo("linux");
        assertThat(Trees.at(config, "User")).isEqualTo("65532:65532");
        assertThat(Trees.at(config, "Entrypoint")).isEqualTo(List.of("/bin/cp"));
        assertThat(Trees.at(config, "Env")).isEqualTo(List.of("PATH=/bin"));
        assertThat(Trees.map(Trees.at(config, "Labels")))
                .containsEntry("org.opencontainers.image.title", "Holdfast")
                .containsEntry("org.opencontainers.image.version", System.getProperty("holdfast.version"))
                .containsEntry(
                        "org.opencontainers.image.licenses",
                        "Apache-2.0 AND BSD-3-Clause AND MIT AND GPL-2.0-only AND LGPL-2.1-or-later")
                .containsEntry("org.opencontainers.image.created", Trees.at(image.config(), "created"))
                .containsKeys(
                        "org.opencontainers.image.description",
                        "org.opencontainers.image.source",
                        "org.opencontainers.image.vendor")
                .allSatisfy((name, value) -> assertThat(value.toString()).doesNotContain("${"));
    }

    @Test
    void the_dockerfile_makes_the_same_layout() throws IOException {
        String dockerfile = Files.readString(Path.of("Dockerfile")).replace("\\\n", " ");
        Object config = Trees.at(image.config(), "config");

        assertThat(instruction(dockerfile, "FROM")).containsExactly("busybox:1.37.0-musl");
        assertThat(instruction(dockerfile, "COPY"))
                .contains("--chmod=644 agent/target/holdfast-agent.jar /javaagent.jar");
        assertThat(instruction(dockerfile, "USER")).containsExactly((String) Trees.at(config, "User"));
        assertThat(instruction(dockerfile, "ENTRYPOINT")).containsExactly("[\"/bin/cp\"]");
        Matcher label = Pattern.compile("(org\\.[\\w.]+)=\"([^\"]+)\"").matcher(dockerfile);
        Map<String, Object> labels = new TreeMap<>();
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        Map<String, Object> built = new TreeMap<>(Trees.map(Trees.at(config, "Labels")));
        built.remove("org.opencontainers.image.created"); // Docker knows no time but that of the build
        // The C library of one is glibc, of the other musl, which is under the licence MIT.
        built.computeIfPresent(
                "org.opencontainers.image.licenses",
                (name, licences) -> licences.toString().replace(" AND LGPL-2.1-or-later", ""));
        assertThat(labels).isEqualTo(built);
        for (String copy : instruction(dockerfile, "COPY")) {
            for (String source : copy.replaceAll("--chmod=\\d+ | \\S+$", "").split(" ")) {
                assertThat(Trees.REPOSITORY.resolve(source)).exists();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_jar_that_an_init_container_copied_saves_a_call(Jdk jdk) throws Exception {
        Path jar = copiedByAnInitContainer();
        try (ScriptedServer server = ScriptedServer.http("localhost")) {
            server.play(respond(503), respond(200));

            // A leading blank, since it is appended to what was there.
            ForkedJvm.Result result = program(jdk, server)
                    .environment("JAVA_TOOL_OPTIONS", option(jar))
                    .run();

            assertThat(result.succeeded().lines()).containsExactly("200", "kept null");
            assertThat(server.requests()).extracting(ImageIT::line).containsExactly("GET /stock", "GET /stock");
            assertThat(result.err())
                    .startsWith("Picked up JAVA_TOOL_OPTIONS:  -javaagent:")
                    .contains("is active: 1 policy from env:HOLDFAST_CONFIG_INLINE");
        }
        try (ScriptedServer server = ScriptedServer.http("localhost")) {
            server.play(respond(503), respond(200));

            assertThat(program(jdk, server).run().succeeded().lines()).containsExactly("503", "kept null");
            assertThat(server.requests()).extracting(ImageIT::line).containsExactly("GET /stock");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void what_the_variable_held_before_stays_in_force(Jdk jdk) throws Exception {
        Path jar = copiedByAnInitContainer();
        String other = "-javaagent:" + AgentJar.of(OtherAgent.class, directory);
        for (String variable : List.of("-Dkept=yes " + other + option(jar), "-Dkept=yes" + option(jar) + " " + other)) {
            try (ScriptedServer server = ScriptedServer.http("localhost")) {
                server.play(respond(503), respond(200));

                ForkedJvm.Result result = program(jdk, server)
                        .environment("JAVA_TOOL_OPTIONS", variable)
                        .run();

                assertThat(result.succeeded().lines()).as(variable).containsExactly("other agent", "200", "kept yes");
                assertThat(server.requests()).extracting(ImageIT::line).containsExactly("GET /stock", "GET /stock");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_commands_of_the_page_lead_to_a_saved_call(Jdk jdk) throws Exception {
        String page = Files.readString(Trees.REPOSITORY.resolve("docs/kubernetes.md"));
        Matcher commands = Pattern.compile("## Try it without a cluster\n[^#]*?```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(page);
        assertThat(commands.find()).isTrue();
        try (ScriptedServer server = ScriptedServer.http("localhost")) {
            server.play(respond(503), respond(503), respond(200));
            String program = "java -cp " + Path.of("target/test-classes").toAbsolutePath() + " "
                    + OneGet.class.getName() + " " + server.uri("/stock");
            String script = commands.group(1)
                    .replace(
                            "agent/target/holdfast-image.tar",
                            ImageTar.FILE.toAbsolutePath().toString())
                    .replace("java -jar app.jar", program);
            ProcessBuilder builder = Tool.orSkip("bash", "bash")
                    .command(
                            "-eu",
                            Files.writeString(directory.resolve("script"), script)
                                    .toString())
                    .redirectErrorStream(false)
                    .redirectError(directory.resolve("err").toFile())
                    .directory(directory.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.endsWith("JAVA_OPTIONS")
                            || name.equals("JAVA_TOOL_OPTIONS")
                            || name.startsWith("HOLDFAST_"));
            builder.environment().put("PATH", jdk.orSkip().home() + "/bin:" + System.getenv("PATH"));
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor())
                    .as(Files.readString(directory.resolve("err")))
                    .isZero();
            assertThat(output.lines()).containsExactly("200", "kept null");
            assertThat(server.requests())
                    .extracting(ImageIT::line)
                    .containsExactly("GET /stock", "GET /stock", "GET /stock");
            assertThat(Files.readString(directory.resolve("err"))).contains("is active: 1 policy from env:");
        }
    }

    private static ForkedJvm program(Jdk jdk, ScriptedServer server) {
        return new ForkedJvm(jdk)
                .environment("HOLDFAST_CONFIG_INLINE", INLINE)
                .main(OneGet.class, server.uri("/stock").toString());
    }

    private static String option(Path jar) {
        return " -javaagent:" + jar;
    }

    /** Runs the command line of OpenTelemetry's operator in the image's tree, and returns the copy. */
    private Path copiedByAnInitContainer() throws IOException, InterruptedException {
        Path tree = directory.resolve("tree");
        image.unpack(tree);
        Path volume = Files.createDirectory(tree.resolve("otel-auto-instrumentation-java"));
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path jar = volume.resolve("javaagent.jar");
        ProcessBuilder command;
        if (System.getProperty("user.name").equals("root")) {
            // The image's root, user and variables; nothing of this machine is there.
            command = Tool.orSkip("chroot", "coreutils")
                    .command(
                            "--userspec=" + Trees.at(image.config(), "config", "User"),
                            tree.toString(),
                            "cp",
                            "/javaagent.jar",
                            "/otel-auto-instrumentation-java/javaagent.jar");
        } else {
            command = new ProcessBuilder(
                            tree.resolve("bin/cp").toString(),
                            tree.resolve("javaagent.jar").toString(),
                            jar.toString())
                    .redirectErrorStream(true);
        }
        command.environment().clear();
        command.environment().put("PATH", "/bin");
        Process process = command.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).isEmpty();
        assertThat(jar).hasSameBinaryContentAs(ForkedJvm.agentJar());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(jar)))
                .as("any user of the pod can read it")
                .isEqualTo("rw-r--r--");
        return jar;
    }

    private static List<String> instruction(String dockerfile, String name) {
        return dockerfile
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length()).strip())
                .toList();
    }

    private static String line(ReceivedRequest request) {
        return request.method() + " " + request.target();
    }
}
