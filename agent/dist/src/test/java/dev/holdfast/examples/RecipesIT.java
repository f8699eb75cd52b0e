package dev.holdfast.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.examples.Page.Block;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/**
 * The recipes of {@code docs/recipes.md}, as a reader would copy them; only the paths of the jar, the configuration and
 * the program are others. The program is served where it ends with two good calls in four requests.
 */
class RecipesIT {
    private static final String SERVED = Installation.SERVED;
    private static final Path REPOSITORY = Installation.REPOSITORY;

    private final Page page;

    @TempDir
    Path directory;

    private Installation installation;

    RecipesIT() throws IOException {
        page = Page.read(REPOSITORY.resolve("docs/recipes.md"));
    }

    @BeforeEach
    void install() throws IOException {
        installation = Installation.in(directory);
    }

    @Test
    void each_recipe_is_tried_here() {
        assertThat(page.blocks().stream().map(Block::heading).distinct())
                .containsExactly(
                        "Where the jar is",
                        "A command line",
                        "JAVA_TOOL_OPTIONS",
                        "Docker",
                        "Kubernetes",
                        "systemd",
                        "Tomcat",
                        "Spring Boot",
                        "Maven",
                        "Gradle",
                        "From Maven Central",
                        "A program that runs already");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void what_shells_run_serves_the_program(Jdk jdk) throws Exception {
        assertServed(installation.shell(jdk, page.only("A command line", "sh")));
        assertServed(installation.shell(jdk, page.only("JAVA_TOOL_OPTIONS", "sh")));
        assertServed(
                installation.shell(jdk, page.under("Spring Boot", "sh").get(0).text()));
        Files.writeString(directory.resolve("setenv.sh"), installation.here(page.only("Tomcat", "sh")));
        assertServed(installation.shell(
                jdk,
                "CATALINA_OPTS=-Dkept=true\n. " + directory.resolve("setenv.sh")
                        + "\ncase $CATALINA_OPTS in -Dkept=true\\ -javaagent:*) ;; *) exit 7;; esac\n"
                        + "java $CATALINA_OPTS -jar app.jar"));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void each_option_of_the_page_serves_the_program(Jdk jdk) throws Exception {
        Matcher options = Pattern.compile("-javaagent:/[^\\s\"'<]+")
                .matcher(String.join(
                        "\n", page.blocks().stream().map(Block::text).toList()));
        int found = 0;
        Map<String, Boolean> tried = new TreeMap<>();
        while (options.find()) {
            found++;
            if (tried.putIfAbsent(installation.here(options.group()), true) == null) {
                assertServed(installation.shell(jdk, "java " + options.group() + " -jar app.jar"));
            }
        }
        assertThat(found).isGreaterThan(10);
        assertThat(tried).as("all name the same two files").hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_drop_in_of_systemd_hands_the_option_on(Jdk jdk) throws Exception {
        String dropIn = page.only("systemd", "ini");
        Matcher environment = Pattern.compile("\\[Service]\nEnvironment=\"(\\w+)=([^\"%\\\\]+)\"\n")
                .matcher(dropIn);
        assertThat(environment.matches())
                .as("one variable, quoted, with nothing that systemd expands")
                .isTrue();

        assertServed(installation.shell(
                jdk, "export " + environment.group(1) + "='" + environment.group(2) + "'\njava -jar app.jar"));
    }

    @Test
    void systemd_finds_nothing_wrong_with_the_drop_in() throws Exception {
        // A container has no use for systemd, on CI neither.
        Path executable = Path.of("/usr/bin/systemd-analyze");
        Assumptions.assumeTrue(Files.isExecutable(executable), "no systemd-analyze");
        Tool analyze = new Tool(executable);
        Path unit = directory.resolve("shop.service");
        Files.writeString(unit, "[Unit]\nDescription=Shop\n[Service]\nExecStart=/bin/true\n");
        Path dropIns = Files.createDirectory(directory.resolve("shop.service.d"));
        Files.writeString(dropIns.resolve("holdfast.conf"), page.only("systemd", "ini"));

        Tool.Ended ended = analyze.run(new byte[0], "verify", "--man=no", unit.toString());

        assertThat(ended.output()
                        .lines()
                        .filter(line -> line.contains("holdfast.conf") || line.contains("shop.service")))
                .isEmpty();
        Files.writeString(dropIns.resolve("holdfast.conf"), "[Service]\nEnvironmnt=\"A=b\"\n");
        assertThat(analyze.run(new byte[0], "verify", "--man=no", unit.toString())
                        .output())
                .as("it does look at the drop-in")
                .contains("holdfast.conf");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_image_has_what_its_variable_names(Jdk jdk) throws Exception {
        String dockerfile = page.only("Docker", "dockerfile");
        Map<String, String> copied = new TreeMap<>();
        Matcher copies = Pattern.compile("(?m)^COPY (\\S+) (\\S+)$").matcher(dockerfile);
        while (copies.find()) {
            copied.put(copies.group(2), copies.group(1));
        }
        Matcher variable = Pattern.compile("(?m)^ENV (\\w+)=\"-javaagent:([^=]+)=([^\"]+)\"$")
                .matcher(dockerfile);
        Matcher entry = Pattern.compile("(?m)^ENTRYPOINT \\[\"java\", \"-jar\", \"(\\S+)\"]$")
                .matcher(dockerfile);

        assertThat(variable.find()).isTrue();
        assertThat(entry.find()).isTrue();
        assertThat(dockerfile.lines()).first().asString().startsWith("FROM ");
        assertThat(copied).containsOnlyKeys(variable.group(2), variable.group(3), entry.group(1));
        assertThat(REPOSITORY.resolve(copied.get(variable.group(2)))).isRegularFile();
        assertThat(REPOSITORY.resolve(copied.get(variable.group(3)))).isRegularFile();
        assertServed(installation.shell(
                jdk,
                "export " + variable.group(1) + "=-javaagent:" + variable.group(2) + "=" + variable.group(3)
                        + "\njava -jar app.jar"));
    }

    @Test
    void what_compose_mounts_is_what_its_variable_names() {
        Object shop = at(yaml(page.only("Docker", "yaml")), "services", "shop");
        Matcher option = Pattern.compile("-javaagent:([^=]+)=(.+)/[^/]+")
                .matcher((String) at(shop, "environment", "JAVA_TOOL_OPTIONS"));

        assertThat(option.matches()).isTrue();
        assertThat((List<?>) at(shop, "volumes"))
                .extracting(volume -> volume.toString().split(":")[1])
                .containsExactly(option.group(1), option.group(2));
    }

    @Test
    void the_pod_is_that_of_the_whole_example() throws IOException {
        Object fragment = yaml(page.only("Kubernetes", "yaml"));
        String whole = Files.readString(REPOSITORY.resolve("config-examples/kubernetes/deployment.yaml"));
        Object container = null;
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(whole)) {
            if (at(document, "kind").equals("Deployment")) {
                container = ((List<?>) at(document, "spec", "template", "spec", "containers")).get(0);
            }
        }

        assertThat(at(fragment, "env")).isEqualTo(at(container, "env"));
        assertThat(at(fragment, "volumeMounts")).isEqualTo(at(container, "volumeMounts"));
    }

    @Test
    void the_plugin_is_xml_with_one_option() throws Exception {
        String xml = page.only("Maven", "xml");
        String line = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName("argLine")
                .item(0)
                .getTextContent();

        assertThat(line).isEqualTo("-javaagent:/opt/holdfast/holdfast-agent.jar=/etc/holdfast.toml");
    }

    @Test
    void what_a_build_resolves_is_this_version_where_its_option_looks() throws Exception {
        Document xml = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(page.only("From Maven Central", "xml"))));
        Function<String, String> text =
                name -> xml.getElementsByTagName(name).item(0).getTextContent();
        try (JarFile jar = new JarFile(ForkedJvm.agentJar().toFile())) {
            String version = jar.getManifest().getMainAttributes().getValue("Implementation-Version");
            String artifact = "dev.holdfast:holdfast-agent:" + version;

            assertThat(text.apply("artifact")).isEqualTo(artifact);
            assertThat(page.only("From Maven Central", "groovy")).contains('\'' + artifact + '\'');
        }
        assertThat(text.apply("argLine"))
                .as("quoted, as paths may have blanks")
                .startsWith("\"-javaagent:" + text.apply("outputDirectory") + "/holdfast-agent.jar=")
                .endsWith("\"");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void maven_runs_under_the_agent(Jdk jdk) throws Exception {
        Tool.orSkip("mvn", "maven");

        Installation.Ended ended = installation.shell(jdk, page.only("Maven", "sh"));

        assertThat(ended.exit()).as(ended.toString()).isZero();
        assertThat(ended.out()).contains("Apache Maven");
        assertThat(ended.err()).doesNotContain("Error");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_jar_is_where_a_build_leaves_it_and_the_commands_run(Jdk jdk) throws Exception {
        List<Block> where = page.under("Where the jar is", "sh");
        Matcher provenance = Pattern.compile("(?m)^(?:ls|sudo install -D -m 644) (\\S+)")
                .matcher(where.get(0).text() + where.get(1).text());
        int files = 0;
        while (provenance.find()) {
            files++;
            assertThat(REPOSITORY.resolve(provenance.group(1))).isRegularFile();
        }
        assertThat(files).isEqualTo(3);
        String check = where.get(1).text().replaceAll("(?m)^sudo .*\n", "");
        assertThat(installation.shell(jdk, check)).satisfies(ended -> {
            assertThat(ended.exit()).as(ended.toString()).isZero();
            assertThat(ended.out()).contains("holdfast.toml");
        });
        String list = page.only("A program that runs already", "sh")
                .lines()
                .findFirst()
                .orElseThrow();
        assertThat(installation.shell(jdk, list).exit()).isZero();
    }

    private static void assertServed(Installation.Ended ended) {
        assertThat(ended.exit()).as(ended.toString()).isZero();
        assertThat(ended.out()).as(ended.toString()).isEqualToNormalizingNewlines(SERVED);
    }

    private static Object yaml(String text) {
        return new Load(LoadSettings.builder().build()).loadFromString(text);
    }

    private static Object at(Object value, String... path) {
        Object found = value;
        for (String name : path) {
            found = Objects.requireNonNull(((Map<?, ?>) found).get(name), name);
        }
        return found;
    }
}
