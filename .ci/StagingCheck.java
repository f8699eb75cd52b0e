import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;

/**
 * Holds a staging directory against the rules of Maven Central that can be checked without it: which files there are,
 * their checksums, and what the POM says. With {@code --signed}, gpg verifies a signature of each.
 *
 * <p>{@code java .ci/StagingCheck.java STAGING JAR [--signed]}; JAR is the jar that the staged one must equal. Ends
 * with status 1 and a line for each rule that does not hold.
 */
class StagingCheck {
    /** Those that Maven Central asks for; those that newer Mavens add are let through. */
    private static final Map<String, String> CHECKSUMS = Map.of(".md5", "MD5", ".sha1", "SHA-1");

    private static final Pattern HASHES = Pattern.compile(
            ",\\n *\"hashes\" : \\[[^\\]]*](?=\\s*})|\\n *\"hashes\" : \\[[^\\]]*],");
    /** Copies that a packed library has within itself, of which the build knows nothing. */
    private static final Pattern RELOCATED = Pattern.compile(
            ",\\n    \\{\\n(?:(?!\\n    }).)*\"A relocated copy within(?:(?!\\n    }).)*\\n    }", Pattern.DOTALL);

    private static final int LEAST_ENTRIES = 20;

    private static final List<String> ASKED_OF_THE_POM = List.of(
            "modelVersion",
            "groupId",
            "artifactId",
            "version",
            "name",
            "description",
            "url",
            "licenses/license/name",
            "licenses/license/url",
            "developers/developer/name",
            "scm/connection",
            "scm/developerConnection",
            "scm/url",
            "scm/tag");

    private final List<String> faults = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        StagingCheck check = new StagingCheck();
        boolean signed = Arrays.asList(arguments).contains("--signed");
        int files = check.run(Path.of(arguments[0]), Path.of(arguments[1]), signed);
        check.faults.forEach(System.err::println);
        if (!check.faults.isEmpty()) {
            System.exit(1);
        }
        System.out.println("staging: " + files + " files as Maven Central asks for them" + (signed ? ", signed" : ""));
    }

    private int run(Path staging, Path jar, boolean signed) throws Exception {
        List<Path> all;
        try (Stream<Path> files = Files.walk(staging)) {
            all = files.filter(Files::isRegularFile).sorted().toList();
        }
        List<Path> poms = all.stream().filter(file -> file.toString().endsWith(".pom")).toList();
        if (poms.size() != 1) {
            faults.add("one POM is published, found " + poms);
            return 0;
        }
        Path pom = poms.get(0);
        Path folder = pom.getParent();
        String name = pom.getFileName().toString().replaceAll("\\.pom$", "");
        checkPom(pom, staging.relativize(folder), name);
        List<String> published = List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json");
        for (String ending : published) {
            Path file = folder.resolve(name + ending);
            if (!Files.isRegularFile(file)) {
                faults.add("missing: " + file);
                continue;
            }
            for (Map.Entry<String, String> one : CHECKSUMS.entrySet()) {
                checkSum(file, one.getKey(), one.getValue());
            }
            if (signed && !isSignature(folder.resolve(name + ending + ".asc"), file)) {
                faults.add("not signed: " + file);
            }
            if (ending.endsWith(".jar") && entries(file) < LEAST_ENTRIES) {
                faults.add("nearly empty: " + file);
            }
        }
        Path staged = folder.resolve(name + ".jar");
        if (Files.isRegularFile(staged) && Files.mismatch(staged, jar) >= 0) {
            faults.add(staged + " is not " + jar);
        }
        checkBill(staged, folder.resolve(name + "-cyclonedx.json"));
        for (Path file : all) {
            String known = file.getFileName().toString().replaceAll("(\\.asc)?(\\.(md5|sha1|sha256|sha512))?$", "");
            boolean ofThis = file.getParent().equals(folder) && known.startsWith(name);
            if (!ofThis || !published.contains(known.substring(name.length()))) {
                faults.add("not meant to be published: " + file);
            }
        }
        return all.size();
    }

    /** Asks gpg, whose key ring has to have the public key. */
    private static boolean isSignature(Path signature, Path file) throws Exception {
        return Files.isRegularFile(signature)
                && new ProcessBuilder("gpg", "--batch", "--quiet", "--verify", signature.toString(), file.toString())
                                .inheritIO()
                                .start()
                                .waitFor()
                        == 0;
    }

    private static int entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.size();
        }
    }

    /**
     * The jar has the bill of materials from a file of the repository, without hashes: those of our own modules change
     * with each line; and with the relocated copies within libraries. The staged one was made from what was built.
     */
    private void checkBill(Path jar, Path made) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry entry = file.getEntry("META-INF/sbom/holdfast-agent.cdx.json");
            String packed = entry == null ? "" : new String(file.getInputStream(entry).readAllBytes());
            String expected = HASHES.matcher(Files.readString(made)).replaceAll("");
            if (!RELOCATED.matcher(packed).replaceAll("").equals(expected)) {
                faults.add("the bill of materials within the jar is not that of the build: copy "
                        + "agent/dist/target/sbom/holdfast-agent.cdx.json to agent/dist/src/sbom without its hashes, "
                        + "keep the components that are relocated copies, and build once more");
            }
        }
    }

    private void checkPom(Path pom, Path folder, String name) throws Exception {
        Document document =
                DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(pom.toFile());
        XPath path = XPathFactory.newDefaultInstance().newXPath();
        for (String asked : ASKED_OF_THE_POM) {
            if (path.evaluate("/project/" + asked, document).isBlank()) {
                faults.add(pom + ": no " + asked);
            }
        }
        for (String forbidden : List.of("parent", "dependencies", "repositories", "build", "profiles")) {
            if (!path.evaluate("/project/" + forbidden, document).isEmpty()) {
                faults.add(pom + ": " + forbidden + ", which the packed jar has no use for");
            }
        }
        String group = path.evaluate("/project/groupId", document);
        String artifact = path.evaluate("/project/artifactId", document);
        String version = path.evaluate("/project/version", document);
        Path expected = Path.of(group.replace('.', '/'), artifact, version);
        if (!folder.equals(expected) || !name.equals(artifact + '-' + version)) {
            faults.add(pom + ": stands in the wrong place");
        }
        if (version.endsWith("-SNAPSHOT")) {
            faults.add(pom + ": a snapshot");
        }
    }

    private void checkSum(Path file, String ending, String algorithm) throws IOException, NoSuchAlgorithmException {
        Path sum = Path.of(file + ending);
        if (!Files.isRegularFile(sum)) {
            faults.add("no checksum: " + sum);
            return;
        }
        byte[] digest = MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file));
        if (!Files.readString(sum).strip().equals(HexFormat.of().formatHex(digest))) {
            faults.add("wrong checksum: " + sum);
        }
    }
}
