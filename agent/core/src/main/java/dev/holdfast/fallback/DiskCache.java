package dev.holdfast.fallback;

import dev.holdfast.policy.ValueSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers in a directory, a file for each key, so that a program that is started anew during an outage has them.
 * Others may use the same directory, JVMs of other versions too: a file appears whole or not at all, a damaged one is a
 * miss.
 *
 * <p>Directory and files are for their owner alone; a directory that others may write to is not used, since they could
 * plant responses there, and a file that is not of our own naming is never touched: see {@link CacheDirectory}. Bounded
 * in bytes: those that were written longest ago go first. For one writing thread at a time; reads come from any thread.
 */
class DiskCache {
    private static final long UNFINISHED_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final int MOST_VARIANTS = 8;

    private final CacheDirectory directory;
    /** The bytes in the directory, as far as this JVM knows. */
    private long bytes;
    /** The bytes written since the last look at the directory. */
    private long written = Long.MAX_VALUE;

    DiskCache(Path directory) {
        this(directory, ValueSource.FILE);
    }

    /**
     * Keeps responses in a directory.
     *
     * @param source where the name of the directory comes from, which decides how it is shown
     */
    DiskCache(Path directory, ValueSource source) {
        this.directory = new CacheDirectory(directory, source);
    }

    Path directory() {
        return directory.path();
    }

    /** The source of the directory's name. */
    ValueSource source() {
        return directory.source();
    }

    /**
     * The answers under a key, null: there are none that are whole, or others may have written them.
     *
     * @param maxBytes what all files may take together: what is larger is not ours
     */
    @Nullable
    List<StoredResponse> read(String key, long maxBytes) {
        Path file = directory.file(key);
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return null; // most often; the directory itself may not be there
            }
            directory.check();
            BasicFileAttributes ours = directory.ours(file);
            if (ours == null || ours.size() > maxBytes) {
                return null;
            }
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                return StoredResponseFormat.read(key, in.readNBytes((int) Math.min(maxBytes, Integer.MAX_VALUE - 8)));
            }
        } catch (IOException | SecurityException | UnsupportedOperationException e) {
            return null;
        }
    }

    /**
     * Writes an answer in place of the one that answered the same requests.
     *
     * @param maxBytes what all files may take together
     * @throws IOException the directory is full, read-only, or not ours; the files that there were are as before
     */
    void write(String key, StoredResponse response, long maxBytes) throws IOException {
        directory.prepare();
        List<StoredResponse> answers = new ArrayList<>();
        answers.add(response);
        List<StoredResponse> before = read(key, maxBytes);
        if (before != null) {
            for (StoredResponse other : before) {
                if (!response.replaces(other) && answers.size() < MOST_VARIANTS) {
                    answers.add(other);
                }
            }
        }
        byte[] content = StoredResponseFormat.write(key, answers);
        if (content.length > maxBytes) {
            return;
        }
        Path file = directory.file(key);
        if (isOthers(file)) {
            return;
        }
        // Others write here too: what they wrote is seen now and then.
        if (written > maxBytes / 8 || bytes + content.length > maxBytes) {
            makeRoom(content.length, maxBytes);
        }
        Path unfinished = directory.unfinished(key);
        try {
            Files.write(unfinished, content, StandardOpenOption.WRITE);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            deleteQuietly(unfinished);
            throw e;
        }
        bytes += content.length;
        written += content.length;
    }

    /** Returns whether there is something of the same name that is not ours. */
    private boolean isOthers(Path file) throws IOException {
        try {
            return directory.ours(file) == null;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Deletes the answers under a key, if there are any. */
    void delete(String key) {
        deleteOurs(directory.file(key));
    }

    /** Deletes all answers. */
    void deleteAll() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.path(), CacheDirectory::isFinished)) {
            files.forEach(this::deleteOurs);
        } catch (IOException e) {
            // There is no directory.
        }
    }

    private void deleteOurs(Path file) {
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && directory.ours(file) != null) {
                deleteQuietly(file);
            }
        } catch (IOException e) {
            // Another JVM was first.
        }
    }

    /** Deletes what was written longest ago until there is room for so much more, and what others left unfinished. */
    private void makeRoom(long more, long maxBytes) throws IOException {
        List<Found> found = new ArrayList<>();
        long total = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.path())) {
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
    private @Nullable Found look(Path path) {
        boolean unfinished = CacheDirectory.isUnfinished(path);
        if (!unfinished && !CacheDirectory.isFinished(path)) {
            return null;
        }
        try {
            BasicFileAttributes ours = directory.ours(path);
            if (ours == null) {
                return null;
            }
            long writtenAt = ours.lastModifiedTime().toMillis();
            if (unfinished) {
                if (System.currentTimeMillis() - writtenAt > UNFINISHED_MILLIS) {
                    deleteQuietly(path);
                }
                return null; // another JVM is at it
            }
            return new Found(path, ours.size(), writtenAt);
        } catch (IOException e) {
            return null;
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
