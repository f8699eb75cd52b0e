package dev.holdfast.fallback;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers in a directory, a file for each key, so that a program that is started anew during an outage has them. Others
 * may use the same directory, JVMs of other versions too: a file appears whole or not at all, a damaged one is a miss.
 *
 * <p>Directory and files are for their owner alone; a directory that others may write to is not used, since they could plant
 * answers there. Bounded in bytes: those that were written longest ago go first. For one writing thread at a time; reads come
 * from any thread.
 */
class AnswerFiles {
    private static final String SUFFIX = ".answer";
    private static final String UNFINISHED = ".tmp";
    private static final long UNFINISHED_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final int MOST_VARIANTS = 8;

    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** Who runs this JVM; where that has no name, whoever owns a directory is believed to. */
    private static final @Nullable String USER =
            ProcessHandle.current().info().user().orElse(null);

    private final Path directory;
    private boolean checked;
    private boolean posix;
    /** How many bytes there are, as far as this JVM knows. */
    private long bytes;
    /** How many it has written since it looked. */
    private long written = Long.MAX_VALUE;

    AnswerFiles(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /**
     * The answers under a key, null: there are none that are whole, or others may have written them.
     *
     * @param maxBytes what all files may take together: what is larger is not ours
     */
    @Nullable
    List<KeptAnswer> read(String key, long maxBytes) {
        Path file = file(key);
        try {
            if (Files.size(file) > maxBytes || whoElseMayWrite() != null) {
                return null;
            }
            return AnswerFormat.read(key, Files.readAllBytes(file));
        } catch (IOException | SecurityException e) {
            return null;
        }
    }

    /**
     * Writes an answer in place of the one that answered the same requests.
     *
     * @param maxBytes what all files may take together
     * @throws IOException the directory is full, read-only, or not ours; the files that there were are as before
     */
    void write(String key, KeptAnswer answer, long maxBytes) throws IOException {
        prepare();
        List<KeptAnswer> answers = new ArrayList<>();
        answers.add(answer);
        List<KeptAnswer> before = read(key, maxBytes);
        if (before != null) {
            for (KeptAnswer other : before) {
                if (!answer.replaces(other) && answers.size() < MOST_VARIANTS) {
                    answers.add(other);
                }
            }
        }
        byte[] content = AnswerFormat.write(key, answers);
        if (content.length > maxBytes) {
            return;
        }
        // Others write here too: what they wrote is seen now and then.
        if (written > maxBytes / 8 || bytes + content.length > maxBytes) {
            makeRoom(content.length, maxBytes);
        }
        Path unfinished = directory.resolve(
                key + "." + Long.toHexString(ThreadLocalRandom.current().nextLong()) + UNFINISHED);
        try {
            Files.createFile(unfinished, attributes(OWNER_ONLY));
            Files.write(unfinished, content, StandardOpenOption.WRITE);
            Files.move(unfinished, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            deleteQuietly(unfinished);
            throw e;
        }
        bytes += content.length;
        written += content.length;
    }

    /** Deletes the answers under a key, if there are any. */
    void delete(String key) {
        deleteQuietly(file(key));
    }

    private Path file(String key) {
        return directory.resolve(key + SUFFIX);
    }

    private void prepare() throws IOException {
        if (checked && Files.isDirectory(directory)) {
            return;
        }
        posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, attributes(OWNER_ONLY_DIRECTORY));
        }
        String others = whoElseMayWrite();
        if (others != null) {
            throw new FileSystemException(
                    directory.toString(),
                    null,
                    others + ", and so plant answers; it has to be the owner's alone: chmod 700");
        }
        checked = true;
    }

    /** Who may plant answers here, as a message says it; null: nobody. */
    private @Nullable String whoElseMayWrite() throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        if (view == null) {
            return null; // Windows: who may write is inherited, and private by default
        }
        PosixFileAttributes attributes = view.readAttributes();
        Set<PosixFilePermission> granted = attributes.permissions();
        if (granted.contains(PosixFilePermission.GROUP_WRITE) || granted.contains(PosixFilePermission.OTHERS_WRITE)) {
            return "others may write to it (" + PosixFilePermissions.toString(granted) + ")";
        }
        if (directory.getFileSystem() != FileSystems.getDefault()) {
            return null; // it has users of its own
        }
        String owner = attributes.owner().getName();
        return USER == null || owner.equals("root") || owner.equals(USER) ? null : "it belongs to " + owner;
    }

    private FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    /** Deletes what was written longest ago until there is room for so much more, and what others left unfinished. */
    private void makeRoom(long more, long maxBytes) throws IOException {
        List<Found> found = new ArrayList<>();
        long total = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path path : files) {
                Found file = look(path);
                if (file != null) {
                    found.add(file);
                    total += file.size;
                }
            }
        }
        found.sort(Comparator.comparingLong(Found::writtenAt));
        // With a tenth to spare, so that this is not done for each.
        for (Found file : total + more > maxBytes ? found : List.<Found>of()) {
            if (total + more <= maxBytes / 10 * 9) {
                break;
            }
            deleteQuietly(file.path);
            total -= file.size;
        }
        bytes = total;
        written = 0;
    }

    /** A file of ours; null: it is none, or is gone. */
    private static @Nullable Found look(Path path) {
        String name = path.getFileName().toString();
        if (!name.endsWith(SUFFIX) && !name.endsWith(UNFINISHED)) {
            return null;
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            long writtenAt = attributes.lastModifiedTime().toMillis();
            if (name.endsWith(UNFINISHED)) {
                if (System.currentTimeMillis() - writtenAt > UNFINISHED_MILLIS) {
                    deleteQuietly(path);
                }
                return null; // another JVM is at it
            }
            return new Found(path, attributes.size(), writtenAt);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            return new Found(path, 0, Long.MAX_VALUE);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Counted again the next time.
        }
    }

    private record Found(Path path, long size, long writtenAt) {}
}
