package dev.holdfast.versions;

import java.io.File;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * The class path of a program of these tests that has clients of all libraries, and can attach an agent to itself. Not
 * the whole class path of the tests: there, the agent's classes lie about unpacked.
 */
public final class LibraryClassPath {
    private static final Class<?>[] LIBRARIES = {
        ByteBuddyAgent.class,
        okhttp3.OkHttpClient.class,
        okio.Buffer.class,
        kotlin.Unit.class,
        org.apache.hc.client5.http.impl.classic.HttpClients.class,
        org.apache.hc.core5.http.HttpHost.class,
        org.apache.hc.core5.http2.HttpVersionPolicy.class,
        org.slf4j.LoggerFactory.class,
        org.apache.http.impl.client.HttpClients.class,
        org.apache.http.HttpHost.class,
        org.apache.commons.logging.LogFactory.class,
        org.apache.commons.codec.binary.Base64.class
    };

    /** Its parts, with the separator of this system. */
    public static final String TEXT = Path.of("target", "test-classes").toAbsolutePath()
            + File.pathSeparator
            + Stream.of(LIBRARIES)
                    .map(type -> type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .collect(Collectors.joining(File.pathSeparator));

    private LibraryClassPath() {}
}
