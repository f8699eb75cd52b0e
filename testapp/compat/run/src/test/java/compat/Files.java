package compat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** The files that the service has, of the kinds that programs read from URLs. */
final class Files {
    private Files() {}

    private interface Writer {
        void to(ByteArrayOutputStream bytes) throws IOException;
    }

    /** A small picture. */
    static byte[] png() {
        return written(bytes -> ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "png", bytes));
    }

    /** An archive with one entry. */
    static byte[] jar() {
        return written(bytes -> {
            try (JarOutputStream jar = new JarOutputStream(bytes)) {
                jar.putNextEntry(new JarEntry("entry.txt"));
                jar.write("from an archive".getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** A text, compressed. */
    static byte[] gzip(String text) {
        return written(bytes -> {
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private static byte[] written(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.to(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
