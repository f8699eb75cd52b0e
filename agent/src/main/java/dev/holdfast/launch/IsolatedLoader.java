package dev.holdfast.launch;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * Loads everything of the agent but this package, out of the one jar, where it lies below {@code in/} under the ending
 * {@code .classdata}. The application can neither find nor collide with it: its parent is the platform loader (where
 * {@code java.net.http} lives), and its own classes win over whatever a named module of the application may have put
 * there. What few programs need lies in a jar within it ({@link RareClasses}). Reads the jar in place, no temporary files; the jar is not verified, which would be slow this early.
 *
 * <p>Parallel capable: the program's thread may need a hook while the starting thread still reads the configuration.
 */
final class IsolatedLoader extends ClassLoader {
    private static final String PREFIX = "in/";
    private static final String CLASS = ".class";
    private static final String PACKED_CLASS = ".classdata";

    /** Not to be had here: protobuf can do without it, and newer JDKs warn on standard error of whoever uses it. */
    private static final String UNSAFE = "sun.misc.Unsafe";

    static {
        registerAsParallelCapable();
    }

    /** Not asked for by {@code getParent}, which a security manager may forbid to whoever happens to need a class. */
    private final ClassLoader parent;

    private final JarFile jar;
    private final ProtectionDomain domain;
    private @Nullable RareClasses rare;

    /**
     * Opens the jar for the life of the JVM.
     *
     * @param parent the platform loader
     * @param file the agent's jar
     * @param domain that of the launch classes: a security policy that trusts the jar trusts what is in it
     */
    IsolatedLoader(ClassLoader parent, File file, ProtectionDomain domain) throws IOException {
        super(parent);
        this.parent = parent;
        this.jar = new JarFile(file, false);
        this.domain = domain;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("java.")) {
            return parent.loadClass(name);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            byte[] packed = packedClass(name);
            if (packed == null && name.equals(UNSAFE)) {
                throw new ClassNotFoundException(name);
            }
            return packed == null ? parent.loadClass(name) : defineClass(name, packed, 0, packed.length, domain);
        }
    }

    private byte @Nullable [] packedClass(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + PACKED_CLASS;
        try {
            if (RareClasses.mayHave(name)) {
                return rare().get(file);
            }
            ZipEntry entry = jar.getEntry(PREFIX + file);
            return entry == null ? null : read(entry);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private RareClasses rare() throws IOException {
        synchronized (jar) {
            RareClasses made = rare;
            if (made == null) {
                made = new RareClasses(jar);
                rare = made;
            }
            return made;
        }
    }

    /** The agent's version, where whoever loaded the launch classes does not say it. */
    @Nullable
    String version() throws IOException {
        Manifest manifest = jar.getManifest();
        return manifest == null ? null : manifest.getMainAttributes().getValue("Implementation-Version");
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        ZipEntry entry = packed(name);
        if (entry == null) {
            return parent.getResourceAsStream(name);
        }
        try {
            return new ByteArrayInputStream(read(entry));
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : parent.getResource(name);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        ZipEntry entry = packed(name);
        if (entry == null) {
            return null;
        }
        try {
            return new URL("holdfast", "", -1, "/" + name, new PackedHandler(entry));
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL own = findResource(name);
        return own == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(own));
    }

    private @Nullable ZipEntry packed(String resource) {
        String name = resource.endsWith(CLASS)
                ? resource.substring(0, resource.length() - CLASS.length()) + PACKED_CLASS
                : resource;
        return jar.getEntry(PREFIX + name);
    }

    private byte[] read(ZipEntry entry) throws IOException {
        int size = (int) entry.getSize();
        byte[] bytes = new byte[size];
        try (InputStream in = jar.getInputStream(entry)) {
            int read = 0;
            while (read < size) {
                int n = in.read(bytes, read, size - read);
                if (n < 0) {
                    throw new IOException(entry.getName() + " is cut short");
                }
                read += n;
            }
        }
        return bytes;
    }

    @Override
    public String toString() {
        return "Holdfast's isolated loader";
    }

    /** A handler of our own, so that a resource's URL works whatever handlers and caches the application sets up. */
    private final class PackedHandler extends URLStreamHandler {
        private final ZipEntry entry;

        PackedHandler(ZipEntry entry) {
            this.entry = entry;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() throws IOException {
                    return new ByteArrayInputStream(read(entry));
                }
            };
        }
    }
}
