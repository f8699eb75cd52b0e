package dev.holdfast.launch;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileNotFoundException;
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
import org.jspecify.annotations.Nullable;

/**
 * Loads everything of the agent but this package, out of the one jar, where it lies in three {@linkplain NestedJar jars
 * within it} under the ending {@code .classdata}. The application can neither find nor collide with it: its parent is
 * the platform loader (where {@code java.net.http} lives), and its own classes win over whatever a named module of the
 * application may have put there. Reads the jar in place, no temporary files; the jar is not verified, which would be
 * slow this early.
 *
 * <p>Parallel capable: the program's thread may need a hook while the starting thread still reads the configuration.
 */
final class IsolatedLoader extends ClassLoader {
    private static final String CLASS = ".class";
    private static final String PACKED_CLASS = ".classdata";

    /** The package of the bridge class, which {@code weave.Bridge} defines in {@code java.base}. */
    private static final String BRIDGE_PACKAGE = "sun.net.www.";

    /** Not to be had here: protobuf can do without it, and newer JDKs warn on standard error of whoever uses it. */
    private static final String UNSAFE = "sun.misc.Unsafe";

    static {
        registerAsParallelCapable();
    }

    /** Not asked for by {@code getParent}, which a security manager may forbid to whoever happens to need a class. */
    private final ClassLoader parent;

    private final JarFile jar;
    private final ProtectionDomain domain;
    private final NestedJar often;
    private volatile @Nullable NestedJar rare;
    private volatile @Nullable NestedJar store;

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
        this.often = new NestedJar(jar, NestedJar.OFTEN);
        this.domain = domain;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("java.") || name.startsWith(BRIDGE_PACKAGE)) {
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
            return innerJar(file).get(file);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private NestedJar innerJar(String file) throws IOException {
        String name = NestedJar.of(file);
        return name.equals(NestedJar.OFTEN) ? often : name.equals(NestedJar.RARE) ? rare() : store();
    }

    private NestedJar rare() throws IOException {
        NestedJar made = rare;
        if (made == null) {
            synchronized (jar) {
                made = rare;
                if (made == null) {
                    made = new NestedJar(jar, NestedJar.RARE);
                    rare = made;
                }
            }
        }
        return made;
    }

    private NestedJar store() throws IOException {
        NestedJar made = store;
        if (made == null) {
            synchronized (jar) {
                made = store;
                if (made == null) {
                    made = new NestedJar(jar, NestedJar.STORE);
                    store = made;
                }
            }
        }
        return made;
    }

    /** The agent's version, where whoever loaded the launch classes does not say it. */
    @Nullable
    String version() throws IOException {
        Manifest manifest = jar.getManifest();
        return manifest == null ? null : manifest.getMainAttributes().getValue("Implementation-Version");
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        try {
            String file = packed(name);
            byte[] bytes = innerJar(file).get(file);
            return bytes == null ? parent.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
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
        try {
            String file = packed(name);
            NestedJar holder = innerJar(file);
            return holder.has(file) ? new URL("holdfast", "", -1, "/" + name, new PackedHandler(holder, file)) : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL own = findResource(name);
        return own == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(own));
    }

    private static String packed(String resource) {
        return resource.endsWith(CLASS)
                ? resource.substring(0, resource.length() - CLASS.length()) + PACKED_CLASS
                : resource;
    }

    @Override
    public String toString() {
        return "Holdfast's isolated loader";
    }

    /** A handler of our own, so that a resource's URL works whatever handlers and caches the application sets up. */
    static final class PackedHandler extends URLStreamHandler {
        private final NestedJar holder;
        private final String file;

        PackedHandler(NestedJar holder, String file) {
            this.holder = holder;
            this.file = file;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() throws IOException {
                    byte[] bytes = holder.get(file);
                    if (bytes == null) {
                        throw new FileNotFoundException(file);
                    }
                    return new ByteArrayInputStream(bytes);
                }
            };
        }
    }
}
