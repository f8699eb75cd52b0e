package dev.holdfast.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The live page: one document with its style and its script in it, and a policy that lets a browser run these two, by
 * their hashes, and nothing else; and request nothing but this endpoint. Put together when it is asked for the first
 * time.
 */
final class Page {
    private static @Nullable Response made;

    private Page() {}

    /** The page. */
    static synchronized Response get() {
        Response page = made;
        if (page == null) {
            page = make();
            made = page;
        }
        return page;
    }

    private static Response make() {
        String style = resource("page.css");
        String script = resource("page.js");
        String html = resource("page.html")
                .replace("<style></style>", "<style>" + style + "</style>")
                .replace("<script></script>", "<script>" + script + "</script>");
        String policy = "default-src 'none'; script-src '" + hash(script) + "'; style-src '" + hash(style)
                + "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                + "require-trusted-types-for 'script'; trusted-types 'none'";
        return Response.page("text/html; charset=utf-8", policy, html.getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            // Every Java has it: MessageDigest says so.
            throw new IllegalStateException(e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
