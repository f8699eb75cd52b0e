package dev.holdfast.cli.scan;

import dev.holdfast.inventory.HttpClientLibraries;
import dev.holdfast.inventory.HttpClientLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Collects the facts about one archive, or one directory, while its entries pass. Not thread-safe. */
final class ArchiveContents {
    private final String where;
    private final String fileName;
    private final Map<String, HttpClientLibrary> libraries = new LinkedHashMap<>();
    private final Map<String, String> artifacts = new LinkedHashMap<>();
    private @Nullable String manifestVersion;
    private int httpClientUsers;
    private int urlConnectionUsers;
    private int unreadable;

    /**
     * Nothing seen yet.
     *
     * @param where as in {@link Finding#where}
     * @param fileName of the archive
     */
    ArchiveContents(String where, String fileName) {
        this.where = where;
        this.fileName = fileName;
    }

    /** A class file. */
    void add(byte[] bytes, int length) {
        ClassFile file = ClassFile.read(bytes, length);
        if (file == null) {
            unreadable++;
            return;
        }
        HttpClientLibrary library = HttpClientLibraries.byApi(file.name());
        if (library != null) {
            libraries.putIfAbsent(file.name(), library);
        }
        httpClientUsers += file.usesHttpClient() ? 1 : 0;
        urlConnectionUsers += file.usesUrlConnection() ? 1 : 0;
    }

    /** {@code META-INF/maven/GROUP/ARTIFACT/pom.properties}. */
    void addPomProperties(byte[] bytes) {
        Properties properties = new Properties();
        try {
            properties.load(new ByteArrayInputStream(bytes));
        } catch (IOException | IllegalArgumentException e) {
            return; // it tells nothing then
        }
        String artifact = properties.getProperty("artifactId");
        String version = properties.getProperty("version");
        if (artifact != null && version != null) {
            artifacts.put(artifact, version);
        }
    }

    /** The manifest. */
    void addManifest(byte[] bytes) {
        try {
            Attributes attributes = new Manifest(new ByteArrayInputStream(bytes)).getMainAttributes();
            String version = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            manifestVersion = version == null ? attributes.getValue("Bundle-Version") : version;
        } catch (IOException | IllegalArgumentException e) {
            // It tells nothing then.
        }
    }

    /** An entry cannot be unpacked. */
    void addUnreadable() {
        unreadable++;
    }

    /** Returns the number of class files that are invalid or cannot be unpacked. */
    int unreadable() {
        return unreadable;
    }

    /** Returns the findings. */
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        libraries.forEach((className, library) -> findings.add(new Finding(
                library,
                where,
                className.substring(0, Math.max(0, className.lastIndexOf('.'))),
                !className.equals(library.api()),
                version(library),
                0)));
        addJdk(HttpClientLibraries.JDK_HTTP_CLIENT, httpClientUsers, findings);
        addJdk(HttpClientLibraries.URL_CONNECTION, urlConnectionUsers, findings);
        return findings;
    }

    private void addJdk(HttpClientLibrary client, int users, List<Finding> to) {
        if (users > 0) {
            String api = client.api();
            to.add(new Finding(client, where, api.substring(0, api.lastIndexOf('.')), false, null, users));
        }
    }

    /**
     * Maven's own note comes first, since it is there of what was shaded as well. The manifest of an archive speaks of
     * the archive: of the library only where that is what the archive is called after.
     */
    private @Nullable String version(HttpClientLibrary library) {
        for (Map.Entry<String, String> artifact : artifacts.entrySet()) {
            if (library.isArtifact(artifact.getKey())) {
                return artifact.getValue();
            }
        }
        String named = library.versionIn(fileName);
        return named != null || library.artifacts().stream().noneMatch(fileName::startsWith) ? named : manifestVersion;
    }
}
