package dev.holdfast.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ToyClasses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScannerTest {
    private static final String OKHTTP = "okhttp3.OkHttpClient";
    private static final String APACHE = "org.apache.http.client.HttpClient";

    @TempDir
    Path directory;

    @Test
    void a_library_is_named_with_the_version_that_its_file_tells() throws IOException {
        assertThat(scan("okhttp-4.12.0.jar", classes(OKHTTP))).containsExactly("OkHttp 4.12.0 in ''");
    }

    @Test
    void mavens_note_tells_the_version_of_what_was_shaded_and_the_manifest_of_an_app_does_not() throws IOException {
        Map<String, byte[]> shaded = classes("com.vendor.shaded." + APACHE, OKHTTP);
        shaded.put(
                "META-INF/maven/org.apache.httpcomponents/httpclient/pom.properties",
                text("artifactId=httpclient\nversion=4.5.14\n"));
        shaded.put("META-INF/MANIFEST.MF", text("Manifest-Version: 1.0\nImplementation-Version: 7.0\n\n"));

        assertThat(scan("app.jar", shaded))
                .containsExactly(
                        "Apache HttpClient 4 4.5.14 in '' relocated to com.vendor.shaded.org.apache.http.client",
                        "OkHttp null in ''");
    }

    @Test
    void the_manifest_of_the_library_tells_it_where_its_file_is_called_after_it() throws IOException {
        Map<String, byte[]> jar = classes(OKHTTP);
        jar.put("META-INF/MANIFEST.MF", text("Manifest-Version: 1.0\nBundle-Version: 4.9.3\n\n"));

        assertThat(scan("okhttp.jar", jar)).containsExactly("OkHttp 4.9.3 in ''");
    }

    @Test
    void archives_within_are_looked_into_however_they_are_nested() throws IOException {
        byte[] okHttp = ToyClasses.zip(classes(OKHTTP));
        Map<String, byte[]> boot = new LinkedHashMap<>();
        boot.put("BOOT-INF/classes/com/example/App.class", uses("com.example.App", "java.net.http.HttpClient"));
        boot.put("BOOT-INF/lib/okhttp-5.1.0.jar", okHttp);
        Map<String, byte[]> war = new LinkedHashMap<>();
        war.put("WEB-INF/lib/okhttp-3.14.9.jar", okHttp);
        war.put("WEB-INF/classes/Lib.class", ToyClasses.named(APACHE));
        Map<String, byte[]> ear = new LinkedHashMap<>();
        ear.put("shop.war", ToyClasses.zip(war));

        assertThat(scan("boot.jar", boot))
                .containsExactly(
                        "OkHttp 5.1.0 in 'BOOT-INF/lib/okhttp-5.1.0.jar'", "java.net.http.HttpClient null in '' by 1");
        assertThat(scan("shop.ear", ear))
                .containsExactly(
                        "Apache HttpClient 4 null in 'shop.war'",
                        "OkHttp 3.14.9 in 'shop.war!/WEB-INF/lib/okhttp-3.14.9.jar'");
    }

    @Test
    void an_executable_archive_has_a_script_before_it() throws IOException {
        byte[] zip = ToyClasses.zip(classes(OKHTTP));
        Path file = directory.resolve("app.jar");
        Files.write(file, text("#!/bin/sh\nexec java -jar $0\n"));
        Files.write(file, zip, java.nio.file.StandardOpenOption.APPEND);

        assertThat(described(Scanner.scan(file.toString()))).containsExactly("OkHttp null in ''");
    }

    @Test
    void a_directory_has_classes_and_archives() throws IOException {
        Path root = Files.createDirectories(directory.resolve("app"));
        Files.createDirectories(root.resolve("lib/more"));
        Files.createDirectories(root.resolve("classes"));
        Files.write(root.resolve("lib/more/okhttp-4.12.0.jar"), ToyClasses.zip(classes(OKHTTP)));
        Files.write(root.resolve("classes/A.class"), uses("com.example.A", "java.net.HttpURLConnection"));
        Files.write(
                root.resolve("classes/B.class"),
                ToyClasses.using("com.example.B", "java.net.URL", "openConnection", "()Ljava/net/URLConnection;"));
        Files.write(root.resolve("classes/C.class"), ToyClasses.using("C", "java.net.URL", "toURI", "()V"));
        Files.writeString(root.resolve("readme.txt"), "okhttp3.OkHttpClient");
        try {
            Files.createSymbolicLink(root.resolve("lib/circle"), root);
        } catch (UnsupportedOperationException | IOException e) {
            // A file system without links has no circle.
        }

        Scan scan = Scanner.scan(root.toString());

        assertThat(described(scan))
                .containsExactly(
                        "OkHttp 4.12.0 in 'lib/more/okhttp-4.12.0.jar'", "java.net.HttpURLConnection null in '' by 2");
    }

    @Test
    void what_cannot_be_read_is_said_and_the_rest_is_looked_at() throws IOException {
        byte[] whole = ToyClasses.zip(classes(OKHTTP));
        Map<String, byte[]> app = new LinkedHashMap<>();
        app.put("lib/none.jar", text("no archive"));
        app.put("lib/cut.jar", Arrays.copyOf(whole, whole.length / 3));
        app.put("com/example/Bad.class", text("no class"));
        app.put("lib/okhttp-4.12.0.jar", whole);

        Scan scan = Scanner.scan(file("app.jar", app).toString());

        assertThat(described(scan)).contains("OkHttp 4.12.0 in 'lib/okhttp-4.12.0.jar'");
        assertThat(scan.problems()).hasSize(3);
        assertThat(scan.problems().get(0)).isEqualTo("lib/none.jar: it is no zip archive, or an empty one");
        assertThat(scan.problems().get(1)).startsWith("lib/cut.jar: ");
        assertThat(scan.problems().get(2)).isEqualTo("1 entry cannot be read: damaged, encrypted or too large");
    }

    @Test
    void an_entry_that_ends_early_hides_none_of_the_others() throws IOException {
        byte[] noise = new byte[4096];
        new Random(1).nextBytes(noise);
        Map<String, byte[]> jar = new LinkedHashMap<>();
        jar.put("com/example/App.class", noise);
        jar.putAll(classes(OKHTTP));
        byte[] zip = ToyClasses.zip(jar);
        int central = 0;
        while (zip[central] != 'P' || zip[central + 1] != 'K' || zip[central + 2] != 1) {
            central++;
        }
        zip[central + 21] -= 8; // 2 KiB of the compressed size of the first entry
        Path file = Files.write(directory.resolve("okhttp-4.12.0.jar"), zip);

        Scan alone = Scanner.scan(file.toString());
        Scan inDirectory = Scanner.scan(directory.toString());

        assertThat(described(alone)).containsExactly("OkHttp 4.12.0 in ''");
        assertThat(alone.problems()).containsExactly("1 entry cannot be read: damaged, encrypted or too large");
        assertThat(described(inDirectory)).containsExactly("OkHttp 4.12.0 in 'okhttp-4.12.0.jar'");
        assertThat(inDirectory.problems()).hasSize(1);
    }

    @Test
    void an_encrypted_archive_is_said() throws IOException {
        byte[] zip = ToyClasses.zip(classes(OKHTTP));
        encrypt(zip);
        Path file = Files.write(directory.resolve("secret.jar"), zip);
        Map<String, byte[]> app = new LinkedHashMap<>();
        app.put("lib/secret.jar", zip);

        assertThat(Scanner.scan(file.toString()).problems())
                .containsExactly("1 entry cannot be read: damaged, encrypted or too large");
        assertThat(Scanner.scan(file("app.jar", app).toString()).problems())
                .singleElement()
                .asString()
                .startsWith("lib/secret.jar: it cannot be read to its end: ")
                .contains("encrypted");
    }

    /** Sets the flags of the one entry, and garbles its data. */
    private static void encrypt(byte[] zip) {
        zip[6] |= 1;
        int data = 30 + zip[26] + zip[28];
        for (int i = 0; i < 40; i++) {
            zip[data + i] ^= 0x5a;
        }
    }

    @Test
    void a_bomb_ends_at_the_limits() throws IOException {
        Map<String, byte[]> bomb = new LinkedHashMap<>();
        bomb.put("a.jar", ToyClasses.zip(Map.of("zeros", new byte[1 << 20])));

        assertThat(Scanner.scan(file("bytes.jar", bomb).toString(), new ScanLimits(1_000, 100_000))
                        .problems())
                .containsExactly("it unpacks to more than 100000 bytes; the rest was not looked at");

        Map<String, byte[]> many = classes("A", "B", "C", "D");
        assertThat(Scanner.scan(file("many.jar", many).toString(), new ScanLimits(3, 100_000))
                        .problems())
                .containsExactly("it has more than 3 entries; the rest was not looked at");

        byte[] deep = ToyClasses.zip(classes(OKHTTP));
        for (int i = 0; i < 20; i++) {
            deep = ToyClasses.zip(Map.of("in.jar", deep));
        }
        Scan scan =
                Scanner.scan(Files.write(directory.resolve("deep.jar"), deep).toString());
        assertThat(scan.findings()).isEmpty();
        assertThat(scan.problems())
                .singleElement()
                .asString()
                .endsWith("archives are nested more than 8 deep; it was not looked into");
    }

    @Test
    void what_is_not_there_or_no_archive_is_an_error() throws IOException {
        Path text = Files.writeString(directory.resolve("notes.txt"), "no archive");
        Path cut = Files.write(directory.resolve("cut.jar"), Arrays.copyOf(ToyClasses.zip(classes(OKHTTP)), 100));

        assertThatThrownBy(() -> Scanner.scan("no/such/file.jar")).hasMessage("there is no such file or directory");
        for (Path bad : List.of(text, cut)) {
            assertThatThrownBy(() -> Scanner.scan(bad.toString()))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("it is no zip archive, or a damaged one");
        }
    }

    @Test
    void no_bytes_make_a_class_file_that_breaks_the_scan() {
        byte[] good = ToyClasses.using("com.example.A", "java.net.URL", "openConnection", "()V");
        java.util.Random random = new java.util.Random(42);

        assertThat(ClassFile.read(good, good.length)).isEqualTo(new ClassFile("com.example.A", false, true));
        for (int length = 0; length < good.length; length++) {
            ClassFile cut = ClassFile.read(Arrays.copyOf(good, length), length);
            assertThat(cut == null || cut.name().equals("com.example.A")).isTrue();
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = good.clone();
            for (int j = 0; j < 3; j++) {
                damaged[4 + random.nextInt(good.length - 4)] = (byte) random.nextInt();
            }
            ClassFile.read(damaged, damaged.length);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] uses(String name, String owner) {
        return ToyClasses.using(name, owner, "any", "()V");
    }

    private static Map<String, byte[]> classes(String... names) {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        for (String name : names) {
            classes.put(ToyClasses.path(name), ToyClasses.named(name));
        }
        return classes;
    }

    private Path file(String name, Map<String, byte[]> entries) throws IOException {
        return Files.write(directory.resolve(name), ToyClasses.zip(entries));
    }

    private List<String> scan(String name, Map<String, byte[]> entries) throws IOException {
        Scan scan = Scanner.scan(file(name, entries).toString());
        assertThat(scan.problems()).isEmpty();
        return described(scan);
    }

    private static List<String> described(Scan scan) {
        return scan.findings().stream()
                .map(finding -> finding.library().name() + " "
                        + finding.version() + " in '" + finding.where() + "'"
                        + (finding.relocated() ? " relocated to " + finding.packageName() : "")
                        + (finding.classes() > 0 ? " by " + finding.classes() : ""))
                .toList();
    }
}
