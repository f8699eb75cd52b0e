package dev.holdfast.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.noop.Level;
import dev.holdfast.noop.Logger;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tomlj.internal.antlr.v4.runtime.RuntimeMetaData;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Tests what is in the jar, and where. */
class PackagedJarIT {
    private static final int JAVA_8 = 52;
    private static final int JAVA_17 = 61;

    /** The content of the jars within the jar, by jar and file. */
    private final Map<String, Map<String, byte[]>> inner = new TreeMap<>();

    /** The class files among it. */
    private final Map<String, byte[]> within = new TreeMap<>();

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(ForkedJvm.agentJar().toFile());
        for (String name : List.of(NestedJar.OFTEN, NestedJar.RARE, NestedJar.STORE)) {
            Map<String, byte[]> files = new TreeMap<>();
            try (ZipInputStream in = new ZipInputStream(jar.getInputStream(jar.getEntry(name)))) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    if (!entry.isDirectory()) {
                        files.put(entry.getName(), in.readAllBytes());
                    }
                }
            }
            inner.put(name, files);
            files.forEach((file, bytes) -> {
                if (file.endsWith(".classdata")) {
                    within.put(file, bytes);
                }
            });
        }
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void only_the_launch_classes_look_like_classes() {
        assertThat(names().stream().filter(name -> name.endsWith(".class")))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("dev/holdfast/launch/"));
    }

    @Test
    void java_8_can_load_the_launch_classes_and_nothing_needs_more_than_java_17() throws IOException {
        for (String name : all()) {
            if (name.endsWith(".class")) {
                assertThat(classFileVersion(name)).as(name).isEqualTo(JAVA_8);
            } else if (name.endsWith(".classdata")) {
                assertThat(classFileVersion(name)).as(name).isLessThanOrEqualTo(JAVA_17);
            }
        }
    }

    @Test
    void the_jvm_which_looks_at_each_entry_several_times_before_main_sees_few() {
        assertThat(jar.size()).isLessThan(40);
    }

    @Test
    void all_else_is_in_three_jars_within_the_jar_where_one_file_can_be_read_alone() throws IOException {
        assertThat(inner.get(NestedJar.OFTEN)).hasSizeGreaterThan(400);
        assertThat(inner.get(NestedJar.RARE)).hasSizeGreaterThan(1_000).containsKey("dev/holdfast/cli/starter.toml");
        for (String name : inner.keySet()) {
            assertThat(jar.getEntry(name).getMethod()).isEqualTo(ZipEntry.STORED);
            NestedJar reader = new NestedJar(jar, name);
            inner.get(name).forEach((file, bytes) -> {
                if (!file.startsWith("META-INF/")) {
                    assertThat(NestedJar.of(file)).as(file).isEqualTo(name);
                }
                assertThat(reader.has(file)).as(file).isTrue();
                assertThat(read(reader, file)).as(file).isEqualTo(bytes);
            });
            assertThat(reader.has("dev/holdfast/cli/Nothing.classdata")).isFalse();
            assertThat(reader.get("dev/holdfast/cli/Nothing.classdata")).isNull();
        }
    }

    private static byte[] read(NestedJar reader, String file) {
        try {
            return reader.get(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void no_class_is_in_two_places() {
        List<String> classes = new ArrayList<>();
        for (String name : all()) {
            if (name.endsWith(".class") || name.endsWith(".classdata")) {
                classes.add(name.substring(0, name.lastIndexOf('.')));
            }
        }
        assertThat(classes).doesNotHaveDuplicates().contains("sun/net/www/HoldfastBridge");
    }

    @Test
    void what_is_packed_of_others_is_known_and_its_licence_goes_along() throws IOException {
        Set<String> packages = new TreeSet<>();
        for (String name : within.keySet()) {
            String[] parts = name.split("/", -1);
            packages.add(parts[0] + "/" + parts[1].replaceFirst("[$.].*", ""));
        }
        assertThat(packages)
                .containsExactly(
                        "com/google",
                        "dev/holdfast",
                        "io/micrometer",
                        "io/opentelemetry",
                        "io/prometheus",
                        "net/bytebuddy",
                        "org/apache",
                        "org/slf4j",
                        "org/tomlj",
                        "picocli/CommandLine",
                        "redis/clients",
                        "sun/net",
                        "tools/jackson");
        assertThat(names())
                .contains(
                        "META-INF/licenses/Apache-2.0.txt",
                        "META-INF/licenses/ASM.txt",
                        "META-INF/licenses/ANTLR.txt",
                        "META-INF/licenses/Byte-Buddy-NOTICE.txt",
                        "META-INF/licenses/Commons-Pool-NOTICE.txt",
                        "META-INF/licenses/Jackson-NOTICE.txt",
                        "META-INF/licenses/Jedis.txt",
                        "META-INF/licenses/Micrometer-NOTICE.txt",
                        "META-INF/licenses/Protobuf.txt",
                        "META-INF/licenses/Schubfach.txt");
    }

    @Test
    void the_command_prints_each_licence() throws Exception {
        String printed = new ForkedJvm(Jdks.all().get(0))
                .main("-jar", ForkedJvm.agentJar().toString(), "licenses", "--texts")
                .run()
                .succeeded()
                .out();

        for (String name : names()) {
            if (name.startsWith("META-INF/licenses/")) {
                assertThat(printed)
                        .contains(new String(
                                jar.getInputStream(jar.getEntry(name)).readAllBytes(), UTF_8));
            }
        }
    }

    @Test
    void protobuf_asks_nothing_of_a_logger_that_ours_does_not_have() throws Exception {
        Set<String> asked = new TreeSet<>();
        within.forEach((name, bytes) -> {
            if (name.startsWith("com/google/protobuf/")) {
                new ClassReader(bytes).accept(new LoggerUses(asked), 0);
            }
        });

        assertThat(asked)
                .containsExactly(
                        "dev/holdfast/noop/Level.WARNING",
                        "dev/holdfast/noop/Logger.getLogger(Ljava/lang/String;)Ldev/holdfast/noop/Logger;",
                        "dev/holdfast/noop/Logger.log(Ldev/holdfast/noop/Level;Ljava/lang/String;)V",
                        "dev/holdfast/noop/Logger.warning(Ljava/lang/String;)V");
        assertThat(Logger.getLogger("any")).isNotNull();
        Logger.class.getMethod("log", Level.class, String.class);
        Logger.class.getMethod("warning", String.class);
    }

    @Test
    void jedis_asks_nothing_of_slf4j_that_ours_does_not_have() {
        Set<String> asked = new TreeSet<>();
        Set<String> had = new TreeSet<>();
        within.forEach((name, bytes) -> {
            if (name.startsWith("redis/clients/jedis/")) {
                new ClassReader(bytes).accept(new Slf4jUses(asked), 0);
            } else if (name.startsWith("org/slf4j/")) {
                new ClassReader(bytes).accept(new Methods(had), 0);
            }
        });

        assertThat(asked).isNotEmpty();
        assertThat(had).containsAll(asked);
    }

    /** Notes what a class uses of SLF4J. */
    private static final class Slf4jUses extends ClassVisitor {
        private final Set<String> asked;

        Slf4jUses(Set<String> asked) {
            super(Opcodes.ASM9);
            this.asked = asked;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String type, boolean ofInterface) {
                    if (owner.startsWith("org/slf4j/")) {
                        asked.add(owner + '.' + called + type);
                    }
                }
            };
        }
    }

    /** Notes the methods of a class. */
    private static final class Methods extends ClassVisitor {
        private final Set<String> had;
        private String owner = "";

        Methods(Set<String> had) {
            super(Opcodes.ASM9);
            this.had = had;
        }

        @Override
        public void visit(int version, int access, String name, String signature, String above, String[] interfaces) {
            owner = name;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            had.add(owner + '.' + name + descriptor);
            return null;
        }
    }

    /** Notes what a class uses of a logger, whichever. */
    private static final class LoggerUses extends ClassVisitor {
        private final Set<String> asked;

        LoggerUses(Set<String> asked) {
            super(Opcodes.ASM9);
            this.asked = asked;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String type, boolean ofInterface) {
                    note(owner, called + type);
                }

                @Override
                public void visitFieldInsn(int opcode, String owner, String field, String type) {
                    note(owner, field);
                }
            };
        }

        private void note(String owner, String member) {
            if (owner.startsWith("java/util/logging/") || owner.startsWith("dev/holdfast/noop/")) {
                asked.add(owner + '.' + member);
            }
        }
    }

    @Test
    void the_manifest_names_the_entries_and_nothing_of_the_machine_that_built_it() throws IOException {
        Attributes attributes = jar.getManifest().getMainAttributes();
        assertThat(attributes.keySet().stream().map(Object::toString))
                .containsExactlyInAnyOrder(
                        "Manifest-Version",
                        "Main-Class",
                        "Premain-Class",
                        "Agent-Class",
                        "Add-Exports",
                        "Can-Redefine-Classes",
                        "Can-Retransform-Classes",
                        "Implementation-Title",
                        "Implementation-Version");
        assertThat(attributes.getValue("Implementation-Version")).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    /** The packed libraries, by the packages that each of them has. */
    private static final Map<String, String> PACKED = Map.ofEntries(
            Map.entry("net/bytebuddy/", "net.bytebuddy:byte-buddy"),
            Map.entry("org/tomlj/", "org.tomlj:tomlj"),
            Map.entry("tools/jackson/core/", "tools.jackson.core:jackson-core"),
            Map.entry("picocli/", "info.picocli:picocli"),
            Map.entry("io/micrometer/core/", "io.micrometer:micrometer-core"),
            Map.entry("io/micrometer/common/", "io.micrometer:micrometer-commons"),
            Map.entry("io/micrometer/observation/", "io.micrometer:micrometer-observation"),
            Map.entry("io/micrometer/prometheusmetrics/", "io.micrometer:micrometer-registry-prometheus"),
            Map.entry("io/micrometer/registry/otlp/", "io.micrometer:micrometer-registry-otlp"),
            Map.entry("io/prometheus/metrics/config/", "io.prometheus:prometheus-metrics-config"),
            Map.entry("io/prometheus/metrics/core/", "io.prometheus:prometheus-metrics-core"),
            Map.entry("io/prometheus/metrics/model/", "io.prometheus:prometheus-metrics-model"),
            Map.entry("io/prometheus/metrics/tracer/", "io.prometheus:prometheus-metrics-tracer-common"),
            Map.entry(
                    "io/prometheus/metrics/expositionformats/",
                    "io.prometheus:prometheus-metrics-exposition-textformats"),
            Map.entry("io/opentelemetry/proto/", "io.opentelemetry.proto:opentelemetry-proto"),
            Map.entry("redis/clients/jedis/", "redis.clients:jedis"),
            Map.entry("org/apache/commons/pool2/", "org.apache.commons:commons-pool2"),
            Map.entry("com/google/protobuf/", "com.google.protobuf:protobuf-java"));

    @Test
    void scanners_find_each_packed_library_with_its_version() throws IOException {
        Set<String> libraries = new TreeSet<>();
        for (String name : within.keySet()) {
            if (!name.startsWith("dev/holdfast/")
                    && !name.startsWith("org/slf4j/")
                    && !name.startsWith("sun/net/www/Holdfast")) {
                libraries.add(PACKED.entrySet().stream()
                        .filter(one -> name.startsWith(one.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("of which library is " + name)));
            }
        }
        Map<String, String> byProperties = new TreeMap<>();
        for (Map<String, byte[]> files : inner.values()) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                if (!file.getKey().startsWith("META-INF/maven/")) {
                    continue;
                }
                Properties properties = new Properties();
                properties.load(new ByteArrayInputStream(file.getValue()));
                String library = properties.getProperty("groupId") + ':' + properties.getProperty("artifactId");
                assertThat(file.getKey()).isEqualTo("META-INF/maven/" + library.replace(':', '/') + "/pom.properties");
                byProperties.put(library, properties.getProperty("version"));
            }
        }
        Map<String, String> byBill = new TreeMap<>();
        Map<String, String> relocated = new TreeMap<>();
        JsonNode bill =
                new ObjectMapper().readTree(jar.getInputStream(jar.getEntry("META-INF/sbom/holdfast-agent.cdx.json")));
        for (JsonNode component : bill.get("components")) {
            String group = component.get("group").asString();
            String purl = component.get("purl").asString();
            if (purl.contains("#")) { // a copy within a library, in a package of its own
                assertThat(within.keySet())
                        .as(purl)
                        .anyMatch(name -> name.startsWith(purl.substring(purl.indexOf('#') + 1) + "/"));
                relocated.put(
                        component.get("name").asString(),
                        component.get("version").asString());
            } else if (!group.equals("dev.holdfast")) {
                byBill.put(
                        group + ':' + component.get("name").asString(),
                        component.get("version").asString());
                assertThat(component.get("licenses")).as(group).isNotEmpty();
            }
        }
        String purlOfThis = bill.at("/metadata/component/purl").asString();

        assertThat(byProperties.keySet()).isEqualTo(libraries);
        assertThat(byBill).isEqualTo(byProperties);
        assertThat(relocated)
                .containsOnlyKeys("antlr4-runtime", "asm")
                .containsEntry("antlr4-runtime", RuntimeMetaData.VERSION);
        Properties ofThis = new Properties();
        ofThis.load(jar.getInputStream(jar.getEntry("META-INF/maven/dev.holdfast/holdfast-agent/pom.properties")));
        assertThat(ofThis.getProperty("version"))
                .isEqualTo(jar.getManifest().getMainAttributes().getValue("Implementation-Version"));
        assertThat(purlOfThis)
                .startsWith("pkg:maven/dev.holdfast/holdfast-agent@"
                        + jar.getManifest().getMainAttributes().getValue("Implementation-Version"));
        assertThat(bill.has("serialNumber")).as("drawn at random").isFalse();
    }

    @Test
    void every_entry_has_the_same_time() {
        assertThat(Collections.list(jar.entries()).stream()
                        .map(JarEntry::getTimeLocal)
                        .distinct())
                .hasSize(1);
    }

    private List<String> names() {
        return Collections.list(jar.entries()).stream()
                .map(JarEntry::getName)
                .filter(name -> !name.endsWith("/"))
                .toList();
    }

    private List<String> all() {
        List<String> all = new ArrayList<>(names());
        all.addAll(within.keySet());
        return all;
    }

    private int classFileVersion(String name) throws IOException {
        byte[] bytes = within.get(name);
        try (DataInputStream in = new DataInputStream(
                bytes == null ? jar.getInputStream(jar.getEntry(name)) : new ByteArrayInputStream(bytes))) {
            assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
            in.readUnsignedShort();
            return in.readUnsignedShort();
        }
    }
}
