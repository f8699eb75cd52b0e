package dev.holdfast.wild;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CountDownLatch;

/** Programs, and parts of programs, that do what ordinary ones do not. */
final class OddPrograms {
    private OddPrograms() {}

    /** Ends before anything has begun. */
    static final class EndsAtOnce {
        private EndsAtOnce() {}

        public static void main(String[] arguments) {
            System.exit(3);
        }
    }

    /** Has no standard error any more when it calls. */
    static final class ClosesStandardError {
        private ClosesStandardError() {}

        public static void main(String[] arguments) throws Exception {
            System.err.close();
            new FileOutputStream(FileDescriptor.err).close();
            Program.main(arguments);
        }
    }

    /** Sets the one factory of URL stream handlers that a JVM can have, and tells what it is asked for. */
    static final class SetsHandlerFactory {
        private SetsHandlerFactory() {}

        public static void main(String[] arguments) throws Exception {
            URL.setURLStreamHandlerFactory(protocol -> {
                System.out.println("asked for " + protocol);
                return null;
            });
            Program.main(arguments);
        }
    }

    /** Asks somebody who never answers, and leaves it to the JVM's properties how long it waits. */
    static final class WaitsAsTheJvmSays {
        private WaitsAsTheJvmSays() {}

        public static void main(String[] arguments) throws IOException {
            try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                URL url = new URL("http://" + silent.getInetAddress().getHostAddress() + ":" + silent.getLocalPort());
                HttpURLConnection connection = (HttpURLConnection) url.openConnection();
                try {
                    System.out.println("got " + connection.getResponseCode());
                } catch (SocketTimeoutException e) {
                    System.out.println("waited no longer; its own timeout is " + connection.getReadTimeout());
                }
            }
        }
    }

    /** Has some thousand threads. */
    static final class HasManyThreads {
        private HasManyThreads() {}

        public static void main(String[] arguments) throws Exception {
            CountDownLatch never = new CountDownLatch(1);
            for (int i = 0; i < 2_000; i++) {
                Thread thread = new Thread(
                        () -> {
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "idle-" + i);
                thread.setDaemon(true);
                thread.start();
            }
            Program.main(arguments);
        }
    }

    /** Tells when it is made: an agent that touches the JDK's logging has it made too early. */
    public static final class OwnLogManager extends java.util.logging.LogManager {
        public OwnLogManager() {
            System.out.println("a log manager was made");
        }
    }

    /** A loader for {@code -Djava.system.class.loader} that does not tell where it has a class from. */
    public static final class TellsNoSource extends URLClassLoader {
        private final ClassLoader above;

        public TellsNoSource(ClassLoader parent) {
            super(new URL[0], ClassLoader.getPlatformClassLoader());
            this.above = parent;
        }

        /** Appends the agent's jar, as the JVM asks a system class loader to do. */
        void appendToClassPathForInstrumentation(String path) throws IOException {
            addURL(new java.io.File(path).toURI().toURL());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            URL own = findResource(file);
            try (InputStream in = own == null ? above.getResourceAsStream(file) : own.openStream()) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
