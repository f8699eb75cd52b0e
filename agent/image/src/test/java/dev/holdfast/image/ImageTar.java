package dev.holdfast.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Assumptions;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A container image in a file, as {@code docker load} reads it: a manifest, the configuration, and the layers, which
 * are tar archives.
 *
 * @param tags the names that the file gives the image
 * @param config the image's configuration
 * @param layers the SHA-256 of each layer, unpacked
 * @param entries the files and directories of all layers, in order
 */
record ImageTar(List<String> tags, Map<String, Object> config, List<String> layers, List<Entry> entries) {
    /** A file, a directory, or something else that an archive can hold. */
    record Entry(TarArchiveEntry header, byte[] bytes) {
        String path() {
            return "/" + header.getName();
        }

        /** Returns owner, permissions and kind as {@code 0:0 644 file}. */
        String describe() {
            String kind = header.isDirectory() ? "directory" : header.isFile() ? "file" : "other";
            return header.getLongUserId() + ":" + header.getLongGroupId() + " "
                    + Integer.toOctalString(header.getMode() & 07777) + " " + kind;
        }

        Instant modified() {
            return header.getLastModifiedTime().toInstant();
        }
    }

    /** The file that the build makes. */
    static final Path FILE = Path.of(System.getProperty("holdfast.image.tar", "../target/holdfast-image.tar"));

    /** Reads what the build made; if it made none, skips the calling test, or fails it on CI. */
    static ImageTar orSkip() throws IOException {
        if (!Files.isRegularFile(FILE)) {
            String message = "no image was built: /bin/busybox is missing (Debian's package is called busybox-static)";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(message);
            }
            Assumptions.abort("SKIPPED: " + message);
        }
        return read(FILE);
    }

    private static ImageTar read(Path tar) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Entry entry : entries(Files.newInputStream(tar))) {
            files.put(entry.header().getName(), entry.bytes());
        }
        Map<String, Object> manifest =
                Trees.map(Trees.list(json(files, "manifest.json")).get(0));
        Map<String, Object> config = Trees.map(json(files, (String) Trees.at(manifest, "Config")));
        List<Entry> entries = new ArrayList<>();
        List<String> layers = new ArrayList<>();
        for (Object layer : Trees.list(Trees.at(manifest, "Layers"))) {
            byte[] packed = Objects.requireNonNull(files.get((String) layer), layer.toString());
            byte[] unpacked = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
            layers.add("sha256:" + sha256(unpacked));
            entries.addAll(entries(new ByteArrayInputStream(unpacked)));
        }
        List<String> tags = Trees.list(Trees.at(manifest, "RepoTags")).stream()
                .map(Object::toString)
                .toList();
        return new ImageTar(tags, config, layers, entries);
    }

    Entry entry(String path) {
        return entries.stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is not in the image"));
    }

    /** Lays the tree of files out in a directory, as a container would have it. */
    void unpack(Path directory) throws IOException {
        for (Entry entry : entries) {
            Path path = directory.resolve(entry.header().getName()).normalize();
            if (!path.startsWith(directory)) {
                throw new AssertionError(path + " leads out of the image");
            }
            if (entry.header().isDirectory()) {
                Files.createDirectories(path);
            } else {
                Files.createDirectories(path.getParent());
                Files.write(path, entry.bytes());
            }
            Files.setPosixFilePermissions(path, permissions(entry.header().getMode()));
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values(); // from owner's read, the highest bit, downwards
        for (int i = 0; i < all.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }

    private static List<Entry> entries(InputStream tar) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(tar)) {
            for (TarArchiveEntry header = in.getNextEntry(); header != null; header = in.getNextEntry()) {
                entries.add(new Entry(header, in.readAllBytes()));
            }
        }
        return entries;
    }

    /** Returns a file of JSON, every text of which is YAML too. */
    private static Object json(Map<String, byte[]> files, String name) {
        byte[] bytes = Objects.requireNonNull(files.get(name), name);
        return Objects.requireNonNull(
                new Load(LoadSettings.builder().build()).loadFromInputStream(new ByteArrayInputStream(bytes)), name);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
