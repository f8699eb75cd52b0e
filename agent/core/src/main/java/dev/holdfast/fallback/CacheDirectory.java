package dev.holdfast.fallback;

import dev.holdfast.policy.ValueSource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory of the cache's files, and which files in it are the cache's: regular files of its own naming that
 * belong to whom this JVM's files belong to. All others are as if they were not there, and no symbolic link is
 * followed.
 *
 * <p>Who this JVM is is told by a file that it makes there, because names of users are no proof: one without a name, as
 * in many containers, has the same none as any other. Thread-safe.
 */
final class CacheDirectory {
    private static final String SUFFIX = ".answer";
    private static final String UNFINISHED = ".tmp";
    private static final Pattern FINISHED_NAME = Pattern.compile("[0-9a-f]{64}\\.answer");
    private static final Pattern UNFINISHED_NAME = Pattern.compile("[0-9a-f]{64}\\.[0-9a-f]{16}\\.tmp");

    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final ValueSource source;
    private final boolean posix;
    private volatile @Nullable UserPrincipal self;

    CacheDirectory(Path path, ValueSource source) {
        this.path = path;
        this.source = source;
        this.posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    Path path() {
        return path;
    }

    ValueSource source() {
        return source;
    }

    /** The file of a key. */
    Path file(String key) {
        return path.resolve(key + SUFFIX);
    }

    /** Makes a file for a key that is not finished, for its owner alone. */
    Path unfinished(String key) throws IOException {
        String random = String.format("%016x", ThreadLocalRandom.current().nextLong());
        return Files.createFile(path.resolve(key + "." + random + UNFINISHED), attributes(OWNER_ONLY));
    }

    /** Returns whether a file has the name of a finished one. */
    static boolean isFinished(Path file) {
        return FINISHED_NAME.matcher(file.getFileName().toString()).matches();
    }

    /** Returns whether a file has the name of an unfinished one. */
    static boolean isUnfinished(Path file) {
        return UNFINISHED_NAME.matcher(file.getFileName().toString()).matches();
    }

    /**
     * The attributes of a file of ours.
     *
     * @return null: it is a link, a directory, or belongs to another user
     * @throws IOException it is not there, or cannot be looked at
     */
    @Nullable
    BasicFileAttributes ours(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isRegularFile() && self().equals(ownerOf(file)) ? attributes : null;
    }

    /** Makes the directory where there is none, and sees to it that it is ours. */
    void prepare() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(path, attributes(OWNER_ONLY_DIRECTORY));
        }
        check();
    }

    /**
     * Checks that no other user can have written into the directory.
     *
     * @throws IOException another user can, or that is not known; says why, and what to do about it
     */
    void check() throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw refused("it is a symbolic link; name the directory itself");
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw refused("it is no directory");
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view != null) { // else Windows: who may write is inherited, and private by default
            PosixFileAttributes attributes = view.readAttributes();
            Set<PosixFilePermission> granted = attributes.permissions();
            if (granted.contains(PosixFilePermission.GROUP_WRITE)
                    || granted.contains(PosixFilePermission.OTHERS_WRITE)) {
                if (granted.containsAll(PosixFilePermissions.fromString("rwxrwxrwx"))) {
                    throw refused(
                            "it is a directory for everybody's temporary files, in which anybody may plant responses;"
                                    + " name one of Holdfast's own"
                                    + (source.isExternal() ? "" : ", such as " + path.resolve("holdfast-cache")));
                }
                throw refused("others may write to it (" + PosixFilePermissions.toString(granted)
                        + "), and so plant responses; name a directory of Holdfast's own, which only its owner may "
                        + "write to"
                        + " (chmod 700)");
            }
        }
        UserPrincipal owner = ownerOf(path);
        if (!self().equals(owner)) {
            throw refused("it belongs to " + (owner == null ? "nobody" : owner.getName())
                    + ", and this program writes as " + self().getName());
        }
    }

    private FileSystemException refused(String why) {
        return new FileSystemException(path.toString(), null, why);
    }

    /** Returns the owner of files that this JVM creates here. */
    private UserPrincipal self() throws IOException {
        UserPrincipal known = self;
        if (known == null) {
            Path probe = unfinished("0".repeat(64));
            try {
                known = ownerOf(probe);
            } finally {
                Files.deleteIfExists(probe);
            }
            if (known == null) {
                throw refused("its files have no owners, so that others' cannot be told from ours");
            }
            self = known;
        }
        return known;
    }

    private static @Nullable UserPrincipal ownerOf(Path file) throws IOException {
        FileOwnerAttributeView view =
                Files.getFileAttributeView(file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        return view == null ? null : view.getOwner();
    }

    private FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
