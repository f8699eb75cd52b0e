package dev.holdfast.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds who else may write a configuration file, or put another one in its place: whoever does decides where the
 * program's requests go, and with what credentials. Looks at the permissions of POSIX; on a file system without them it
 * finds nothing.
 */
final class FilePermissionCheck {
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;
    /** The sticky bit of a directory: only its owner renames or deletes a file. */
    private static final int STICKY = 01000;

    private static final String FILE_SYSTEM_OF_THE_PROGRAM = "java.nio.file.spi.DefaultFileSystemProvider";

    private FilePermissionCheck() {}

    /**
     * Looks at a file and at the directories that it, and the link that leads to it, stand in, up to the root.
     *
     * @param file as the user named it
     * @return a warning for each that others may write; none where that cannot be found out
     */
    static List<Problem> warnings(String file) {
        List<Problem> warnings = new ArrayList<>();
        try {
            // Not to be the first to load a file system that the program brings.
            if (System.getProperty(FILE_SYSTEM_OF_THE_PROGRAM) != null
                    || !FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
                return List.of();
            }
            Path named = Path.of(file).toAbsolutePath();
            Path real = named.toRealPath();
            String who = writers(mode(real));
            if (!who.isEmpty()) {
                warnings.add(warning(file, who + " may write this file"));
            }
            Set<Path> directories = new LinkedHashSet<>();
            for (Path path : new Path[] {named, real}) {
                Path parent = path.getParent();
                if (parent != null) {
                    directories.add(parent.toRealPath());
                }
            }
            Set<Path> all = new LinkedHashSet<>(directories);
            for (Path directory : directories) {
                for (Path above = directory.getParent(); above != null; above = above.getParent()) {
                    all.add(above);
                }
            }
            for (Path directory : all) {
                int mode = mode(directory);
                // Further up, systems let a group of administrators write, as in /usr/local.
                int heeded = directories.contains(directory) ? mode : mode & ~GROUP_WRITES;
                String replacers = (mode & STICKY) != 0 ? "" : writers(heeded);
                // The volume of a Kubernetes ConfigMap has write bits for all, but is mounted read-only.
                if (!replacers.isEmpty() && !Files.getFileStore(directory).isReadOnly()) {
                    warnings.add(warning(
                            file, replacers + " may write the directory " + directory + ", and so replace this file"));
                }
            }
        } catch (IOException | InvalidPathException | UnsupportedOperationException | SecurityException e) {
            return warnings; // what cannot be asked for, or is gone already
        }
        return warnings;
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode");
    }

    private static String writers(int mode) {
        return (mode & OTHERS_WRITE) != 0 ? "every user" : (mode & GROUP_WRITES) != 0 ? "its group" : "";
    }

    private static Problem warning(String file, String what) {
        return new Problem(
                file, 0, 0, "", what + ": who writes it decides where requests go; take that right away (chmod go-w)");
    }
}
