package dev.holdfast.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for {@link ScriptedServer}: one self-signed certificate for {@code localhost}, 127.0.0.1 to 127.0.0.10 and
 * 127.0.0.20 to 127.0.0.25, and one for each of two clients, good for nothing but these tests. It is kept as a file,
 * since making one costs each test JVM a second. Made with {@code keytool -genkeypair -alias loopback -keyalg EC
 * -groupname secp256r1 -validity 36500 -dname CN=localhost -ext SAN=DNS:localhost,IP:127.0.0.1,... -storetype PKCS12
 * -storepass holdfast -keystore loopback.p12}, and likewise, in {@code clients.p12}, for {@code alice} and {@code bob}.
 */
public final class LoopbackTls {
    private static final char[] PASSWORD = "holdfast".toCharArray();

    /** Read once: to decrypt it costs a tenth of a second. */
    private static final KeyStore SERVERS = keyStore("loopback.p12");

    private static final KeyStore CLIENTS = keyStore("clients.p12");

    private static final SSLContext SERVER = newServerContext();

    private LoopbackTls() {}

    /** A context that presents the certificate. */
    public static SSLContext serverContext() {
        return SERVER;
    }

    /** The certificate and its key as PEM, for a server that is no JVM. */
    public static String pem() {
        try {
            return pem("PRIVATE KEY", SERVERS.getKey("loopback", PASSWORD).getEncoded())
                    + pem("CERTIFICATE", SERVERS.getCertificate("loopback").getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String what, byte[] encoded) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
    }

    private static SSLContext newServerContext() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(SERVERS, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusting(CLIENTS, "alice", "bob"), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A context that trusts the certificate, and nothing else. */
    public static SSLContext clientContext() {
        return clientContext(null);
    }

    /** A context that trusts the certificate, and shows one of its own to a server that asks for it. */
    public static SSLContext clientContext(@Nullable Who who) {
        try {
            KeyManager[] keys = null;
            if (who != null) {
                KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                own.init(only(who.name().toLowerCase(Locale.ROOT)), PASSWORD);
                keys = own.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trusting(SERVERS, "loopback"), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The trust manager of {@link #clientContext()}, for clients that ask for it beside the context. */
    public static X509TrustManager trustManager() {
        try {
            return (X509TrustManager) trusting(SERVERS, "loopback")[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Clients that have certificates. */
    public enum Who {
        ALICE,
        BOB
    }

    private static TrustManager[] trusting(KeyStore of, String... aliases)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (String alias : aliases) {
            trusted.setCertificateEntry(alias, of.getCertificate(alias));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust.getTrustManagers();
    }

    private static KeyStore only(String alias) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(alias, CLIENTS.getKey(alias, PASSWORD), PASSWORD, CLIENTS.getCertificateChain(alias));
        return store;
    }

    private static KeyStore keyStore(String name) {
        try (InputStream file = Objects.requireNonNull(LoopbackTls.class.getResourceAsStream(name), name)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(file, PASSWORD);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot read " + name, e);
        }
    }
}
