package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.mute.Level;
import dev.holdfast.mute.Logger;
import dev.holdfast.testkit.ForkedJvm;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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

/** What is in the jar, and where. */
class PackagedJarIT {
    private static final int JAVA_8 = 52;
    private static final int JAVA_17 = 61;

    /** What is in the jar within the jar, under the names that it would have outside. */
    private final Map<String, byte[]> within = new TreeMap<>();

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(ForkedJvm.agentJar().toFile());
        try (ZipInputStream in = new ZipInputStream(jar.getInputStream(jar.getEntry(RareClasses.ENTRY)))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().endsWith(".classdata")) {
                    within.put("in/" + entry.getName(), in.readAllBytes());
                }
            }
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
    void what_few_programs_need_is_in_a_jar_within_the_jar_where_one_class_can_be_read_alone() throws IOException {
        assertThat(jar.getEntry(RareClasses.ENTRY).getMethod()).isEqualTo(ZipEntry.STORED);
        assertThat(names().stream().filter(name -> name.endsWith(".classdata")))
                .hasSizeGreaterThan(500)
                .noneMatch(name -> RareClasses.mayHave(className(name)));
        RareClasses rare = new RareClasses(jar);
        assertThat(within.entrySet()).hasSizeGreaterThan(1_000).allSatisfy(entry -> {
            assertThat(RareClasses.mayHave(className(entry.getKey()))).isTrue();
            assertThat(rare.get(entry.getKey().substring(3))).isEqualTo(entry.getValue());
        });
        assertThat(rare.get("dev/holdfast/cli/Nothing.classdata")).isNull();
    }

    private static String className(String name) {
        return name.substring(3).replace('/', '.');
    }

    @Test
    void no_class_is_in_two_places() {
        List<String> classes = new ArrayList<>();
        for (String name : all()) {
            String path = name.startsWith("in/") ? name.substring(3) : name;
            if (path.endsWith(".class") || path.endsWith(".classdata")) {
                classes.add(path.substring(0, path.lastIndexOf('.')));
            }
        }
        assertThat(classes).doesNotHaveDuplicates().contains("java/net/HoldfastBridge");
    }

    @Test
    void what_is_packed_of_others_is_known_and_its_licence_goes_along() throws IOException {
        Set<String> packages = new TreeSet<>();
        for (String name : all()) {
            if (name.startsWith("in/") && name.endsWith(".classdata")) {
                String[] parts = name.split("/", -1);
                packages.add(parts[1] + "/" + parts[2].replaceFirst("[$.].*", ""));
            }
        }
        assertThat(packages)
                .containsExactly(
                        "com/google",
                        "dev/holdfast",
                        "io/micrometer",
                        "io/opentelemetry",
                        "io/prometheus",
                        "java/net",
                        "net/bytebuddy",
                        "org/tomlj",
                        "picocli/CommandLine",
                        "tools/jackson");
        assertThat(names())
                .contains(
                        "META-INF/licenses/Apache-2.0.txt",
                        "META-INF/licenses/ASM.txt",
                        "META-INF/licenses/ANTLR.txt",
                        "META-INF/licenses/Byte-Buddy-NOTICE.txt",
                        "META-INF/licenses/Jackson-NOTICE.txt",
                        "META-INF/licenses/Micrometer-NOTICE.txt",
                        "META-INF/licenses/Protobuf.txt",
                        "META-INF/licenses/Schubfach.txt");
    }

    @Test
    void protobuf_asks_nothing_of_a_logger_that_ours_does_not_have() throws Exception {
        Set<String> asked = new TreeSet<>();
        within.forEach((name, bytes) -> {
            if (name.startsWith("in/com/google/protobuf/")) {
                new ClassReader(bytes).accept(new LoggerUses(asked), 0);
            }
        });

        assertThat(asked)
                .containsExactly(
                        "dev/holdfast/mute/Level.WARNING",
                        "dev/holdfast/mute/Logger.getLogger(Ljava/lang/String;)Ldev/holdfast/mute/Logger;",
                        "dev/holdfast/mute/Logger.log(Ldev/holdfast/mute/Level;Ljava/lang/String;)V",
                        "dev/holdfast/mute/Logger.warning(Ljava/lang/String;)V");
        assertThat(Logger.getLogger("any")).isNotNull();
        Logger.class.getMethod("log", Level.class, String.class);
        Logger.class.getMethod("warning", String.class);
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
            if (owner.startsWith("java/util/logging/") || owner.startsWith("dev/holdfast/mute/")) {
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
        byte[] rare = within.get(name);
        try (DataInputStream in = new DataInputStream(
                rare == null ? jar.getInputStream(jar.getEntry(name)) : new ByteArrayInputStream(rare))) {
            assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
            in.readUnsignedShort();
            return in.readUnsignedShort();
        }
    }
}
