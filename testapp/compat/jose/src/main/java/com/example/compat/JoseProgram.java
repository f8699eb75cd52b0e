package com.example.compat;

import com.auth0.jwk.UrlJwkProvider;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.Resource;
import java.io.IOException;
import java.net.URI;
import java.util.Set;

/** Libraries that fetch keys from a URL. */
final class JoseProgram {
    private JoseProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "Nimbus JOSE + JWT", "nimbus-jose-jwt")
                .calls("DefaultResourceRetriever", Set.of("GET"), request -> retrieved(request.uri()))
                .step("jwks-rsa", "keys", "jwks", uri -> keys(uri))
                .step("jwks-rsa", "keys-not-found", "status-404", uri -> keys(uri));
    }

    private static Reply retrieved(URI uri) throws IOException {
        Resource resource = new DefaultResourceRetriever(2000, (int) Program.PATIENCE.toMillis(), 1 << 20)
                .retrieveResource(uri.toURL());
        return Reply.of(200, resource.getContent());
    }

    private static Object keys(URI uri) throws Exception {
        return new UrlJwkProvider(uri.toURL(), 2000, (int) Program.PATIENCE.toMillis())
                .getAll()
                .size();
    }
}
