package dev.holdfast.cli.scan;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Looks for HTTP clients in a jar, a war, an ear, or a directory, and in the archives within. Nothing is unpacked to a
 * file, loaded or run. An archive is read by its central directory, so that one with a script before it (an executable
 * jar of Spring Boot's) is read too; one within another as a stream. What cannot be read is a problem that is named,
 * and the rest is looked at. Not thread-safe.
 */
public final class Scanner {
    private static final List<String> ARCHIVES = List.of(".jar", ".war", ".ear", ".rar", ".zip");
    private static final String POM = "META-INF/maven/";
    private static final int SMALL = 1 << 20;

    private final ScanLimits scanLimits;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private byte[] buffer = new byte[1 << 16];

    private Scanner(ScanLimits scanLimits) {
        this.scanLimits = scanLimits;
    }

    /**
     * Scans a file or a directory.
     *
     * @param path of it
     * @throws IOException there is nothing to be read at all: the message says why
     */
    public static Scan scan(String path) throws IOException {
        return scan(path, new ScanLimits(ScanLimits.ENTRIES, ScanLimits.BYTES));
    }

    static Scan scan(String path, ScanLimits scanLimits) throws IOException {
        File file = new File(path);
        if (!file.exists()) {
            throw new IOException("there is no such file or directory");
        }
        Scanner scanner = new Scanner(scanLimits);
        try {
            if (file.isDirectory()) {
                scanner.directory(file.toPath());
            } else if (file.isFile()) {
                scanner.file(file, "", 0);
            } else {
                throw new IOException("it is neither a file nor a directory");
            }
        } catch (ScanLimits.LimitExceededException e) {
            scanner.problems.add(String.valueOf(e.getMessage()));
        }
        scanner.findings.sort(Comparator.<Finding, Boolean>comparing(
                        finding -> finding.library().covered())
                .thenComparing(finding -> finding.library().name())
                .thenComparing(Finding::where)
                .thenComparing(Finding::packageName));
        return new Scan(path, scanner.findings, scanner.problems);
    }

    private static boolean isArchive(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ARCHIVES.stream().anyMatch(lower::endsWith);
    }

    /** Classes that lie about in it, and the archives. */
    private void directory(Path directory) throws IOException {
        ArchiveContents archiveContents = new ArchiveContents("", "");
        // Linked directories belong to it; a circle of them is one that cannot be visited.
        Files.walkFileTree(directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), 256, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                scanLimits.entry();
                String where = directory.relativize(file).toString().replace(File.separatorChar, '/');
                if (attributes.isRegularFile()) {
                    visit(file.toFile(), where, archiveContents);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                problems.add(directory.relativize(file) + " cannot be read: " + e);
                return FileVisitResult.CONTINUE;
            }
        });
        finish(archiveContents, "");
    }

    private void visit(File file, String where, ArchiveContents archiveContents)
            throws ScanLimits.LimitExceededException {
        try {
            if (isArchive(where)) {
                file(file, where, 1);
            } else if (isOfInterest(where)) {
                try (InputStream in = new FileInputStream(file)) {
                    entry(archiveContents, where, in);
                }
            }
        } catch (ScanLimits.LimitExceededException e) {
            throw e;
        } catch (IOException e) {
            problems.add(where + " cannot be read: " + e.getMessage());
        }
    }

    /** An archive that is a file. */
    private void file(File file, String where, int depth) throws IOException {
        ArchiveContents archiveContents = new ArchiveContents(where, file.getName());
        try (ZipFile zip = new ZipFile(file)) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                scanLimits.entry();
                if (isArchive(entry.getName()) || isOfInterest(entry.getName())) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        part(archiveContents, entry, in, where, depth);
                    } catch (ScanLimits.LimitExceededException e) {
                        throw e;
                    } catch (IOException e) {
                        // Damage shows as an early end, too; the directory of the archive leads to the next entry.
                        archiveContents.addUnreadable();
                    }
                }
            }
        } catch (ZipException | IllegalArgumentException e) {
            String why = "it is no zip archive, or a damaged one: " + e.getMessage();
            if (where.isEmpty()) {
                throw new IOException(why, e);
            }
            problems.add(where + ": " + why);
        }
        finish(archiveContents, where);
    }

    /** An archive in another. */
    private void stream(InputStream in, String where, int depth) throws IOException {
        if (depth > ScanLimits.DEPTH) {
            problems.add(
                    where + ": archives are nested more than " + ScanLimits.DEPTH + " deep; it was not looked into");
            return;
        }
        ArchiveContents archiveContents = new ArchiveContents(where, where.substring(where.lastIndexOf('/') + 1));
        boolean any = false;
        try {
            ZipInputStream zip = new ZipInputStream(in);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                any = true;
                scanLimits.entry();
                part(archiveContents, entry, zip, where, depth);
                drain(zip);
            }
            if (!any) {
                problems.add(where + ": it is no zip archive, or an empty one");
            }
        } catch (ZipException | IllegalArgumentException | java.io.EOFException e) {
            problems.add(where + ": it cannot be read to its end: " + e.getMessage());
        }
        finish(archiveContents, where);
    }

    private void part(ArchiveContents archiveContents, ZipEntry entry, InputStream in, String where, int depth)
            throws IOException {
        String name = entry.getName();
        if (entry.isDirectory()) {
            return;
        }
        if (isArchive(name)) {
            stream(new BufferedInputStream(new Kept(in)), where.isEmpty() ? name : where + "!/" + name, depth + 1);
        } else if (isOfInterest(name)) {
            entry(archiveContents, name, in);
        }
    }

    private static boolean isOfInterest(String name) {
        return name.endsWith(".class")
                || name.equals("META-INF/MANIFEST.MF")
                || (name.startsWith(POM) && name.endsWith("/pom.properties"));
    }

    private void entry(ArchiveContents archiveContents, String name, InputStream in) throws IOException {
        boolean isClass = name.endsWith(".class");
        int most = isClass ? ScanLimits.CLASS_BYTES : SMALL;
        int length = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer, length, buffer.length - length)) {
            scanLimits.unpacked(read);
            length += read;
            if (length > most) {
                archiveContents.addUnreadable();
                return;
            }
            if (length == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            }
        }
        if (isClass) {
            archiveContents.add(buffer, length);
        } else if (name.startsWith(POM)) {
            archiveContents.addPomProperties(Arrays.copyOf(buffer, length));
        } else {
            archiveContents.addManifest(Arrays.copyOf(buffer, length));
        }
    }

    /** Skips the rest of an entry, which has to be unpacked for that as well. */
    private void drain(InputStream in) throws IOException {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            scanLimits.unpacked(read);
        }
    }

    private void finish(ArchiveContents archiveContents, String where) {
        findings.addAll(archiveContents.findings());
        if (archiveContents.unreadable() > 0) {
            problems.add((where.isEmpty() ? "" : where + ": ") + archiveContents.unreadable()
                    + (archiveContents.unreadable() == 1 ? " entry" : " entries")
                    + " cannot be read: damaged, encrypted or too large");
        }
    }

    /** Not closed with what reads an archive from it. */
    private static final class Kept extends FilterInputStream {
        Kept(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
