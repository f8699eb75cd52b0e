package dev.holdfast.toy;

import dev.holdfast.testkit.ToyClasses;
import dev.holdfast.toy.adapter.ToyInstrumentation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.ModuleVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;

/**
 * Jars with copies of the toy library, and one of the agent that has it in its list of clients. The classes are those
 * of these tests under other names: copies differ in their root package, in what they lack, in a version, and in that
 * of the client's class file.
 */
final class ToyJars {
    private static final String SOURCE = "dev/holdfast/toy/lib/";
    private static final String CALLER = "dev/holdfast/toy/ToyCaller";
    private static final String[] LIBRARY = {"ToyClient", "ToyRequest", "ToyResponse", "ToyServer", "impl/RealClient"};
    private static final String[] ADAPTER = {"ToyInstrumentation", "ToyAdapter", "ToyAttempt"};

    private ToyJars() {}

    /**
     * A copy of the library, and the application that uses it.
     *
     * @param root the root package, with slashes
     * @param version what the library says
     * @param without a method that its {@code ToyResponse} lacks; empty: none
     */
    static Map<String, byte[]> copy(String root, String version, String without) {
        Map<String, byte[]> entries = library(root, version, without);
        entries.put(CALLER + ".class", changed(CALLER, root, version, ""));
        return entries;
    }

    /** A bundle with a copy of the library, and its application. */
    static Map<String, byte[]> embedding(String name) {
        return bundle(name, "", copy(ToyInstrumentation.ROOT, "1.0", ""));
    }

    /** A bundle with a copy of the library, for other bundles. */
    static Map<String, byte[]> exporting(String name) {
        return bundle(name, "Export-Package: " + packageName() + "\n", library(ToyInstrumentation.ROOT, "1.0", ""));
    }

    /** A bundle with the application of a library in another bundle. */
    static Map<String, byte[]> importing(String name) {
        byte[] caller = changed(CALLER, ToyInstrumentation.ROOT, "1.0", "");
        return bundle(name, "Import-Package: " + packageName() + "\n", Map.of(CALLER + ".class", caller));
    }

    private static String packageName() {
        return ToyInstrumentation.ROOT.replace('/', '.');
    }

    private static Map<String, byte[]> bundle(String name, String packages, Map<String, byte[]> classes) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        String manifest = "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: " + name + "\n"
                + packages + "\n";
        entries.put(JarFile.MANIFEST_NAME, manifest.getBytes(StandardCharsets.UTF_8));
        entries.putAll(classes);
        return entries;
    }

    private static Map<String, byte[]> library(String root, String version, String without) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String name : LIBRARY) {
            entries.put(root + '/' + name + ".class", changed(SOURCE + name, root, version, without));
        }
        return entries;
    }

    /**
     * A copy of the library whose client is a class file of an older Java, and the application that uses it.
     *
     * @param classVersion of the class file
     */
    static Map<String, byte[]> old(String root, int classVersion) {
        Map<String, byte[]> entries = copy(root, "1.0", "");
        String client = root + "/impl/RealClient.class";
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(entries.get(client))
                .accept(
                        new ClassVisitor(Opcodes.ASM9, writer) {
                            @Override
                            public void visit(
                                    int version,
                                    int access,
                                    String name,
                                    String signature,
                                    String superName,
                                    String[] interfaces) {
                                super.visit(classVersion, access, name, signature, superName, interfaces);
                            }
                        },
                        0);
        entries.put(client, writer.toByteArray());
        return entries;
    }

    /** The library as a module that exports what its users need, and no more. */
    static Map<String, byte[]> module() {
        String root = ToyInstrumentation.ROOT;
        Map<String, byte[]> entries = library(root, "1.0", "");
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_MODULE, "module-info", null, null, null);
        ModuleVisitor module = writer.visitModule("toy.lib", 0, null);
        module.visitRequire("java.base", Opcodes.ACC_MANDATED, null);
        module.visitExport(root, 0);
        module.visitEnd();
        writer.visitEnd();
        entries.put("module-info.class", writer.toByteArray());
        return entries;
    }

    /** The program as a module. */
    static Map<String, byte[]> programModule() {
        Map<String, byte[]> entries = program();
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_MODULE, "module-info", null, null, null);
        ModuleVisitor module = writer.visitModule("toy.app", 0, null);
        module.visitRequire("java.base", Opcodes.ACC_MANDATED, null);
        module.visitRequire("toy.lib", 0, null);
        module.visitExport("dev/holdfast/toy", 0);
        module.visitEnd();
        writer.visitEnd();
        entries.put("module-info.class", writer.toByteArray());
        return entries;
    }

    /** The program with its own caller, but without the library. */
    static Map<String, byte[]> program() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String name : new String[] {
            CALLER,
            "dev/holdfast/toy/ToyProgram",
            "dev/holdfast/toy/ToyProgram$BundleLoader",
            "dev/holdfast/toy/ToyFramework"
        }) {
            entries.put(name + ".class", changed(name, ToyInstrumentation.ROOT, "1.0", ""));
        }
        return entries;
    }

    /** Writes a jar. */
    static Path write(Path jar, Map<String, byte[]> entries) throws IOException {
        return Files.write(jar, zip(entries));
    }

    /** The packaged agent, with one entry more in its list of clients. */
    static Path agent(Path packaged, Path to) throws IOException {
        try (JarFile jar = new JarFile(packaged.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
                byte[] bytes = jar.getInputStream(entry).readAllBytes();
                if (entry.getName().equals("in-often.jar")) {
                    bytes = withAdapter(bytes);
                } else if (entry.getName().endsWith(".class")) {
                    bytes = watching(bytes);
                }
                ZipEntry copy = new ZipEntry(entry.getName());
                if (entry.getMethod() == ZipEntry.STORED) {
                    CRC32 check = new CRC32();
                    check.update(bytes);
                    copy.setMethod(ZipEntry.STORED);
                    copy.setSize(bytes.length);
                    copy.setCrc(check.getValue());
                }
                out.putNextEntry(copy);
                out.write(bytes);
                out.closeEntry();
            }
        }
        return to;
    }

    private static byte[] withAdapter(byte[] inner) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(inner))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        entries.computeIfPresent("dev/holdfast/runtime/Clients.classdata", (name, bytes) -> withOneMore(bytes));
        for (String name : ADAPTER) {
            String path = "dev/holdfast/toy/adapter/" + name;
            entries.put(path + ".classdata", changed(path, ToyInstrumentation.ROOT, "", ""));
        }
        return zip(entries);
    }

    /** Returns what one line more in the list would do. */
    private static byte[] withOneMore(byte[] list) {
        ClassReader reader = new ClassReader(list);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new Methods(writer) {
                    @Override
                    MethodVisitor changed(MethodVisitor next) {
                        return new MethodVisitor(Opcodes.ASM9, next) {
                            @Override
                            public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
                                if (opcode == Opcodes.PUTSTATIC && name.equals("ALL")) {
                                    super.visitMethodInsn(
                                            Opcodes.INVOKESTATIC,
                                            "dev/holdfast/toy/adapter/ToyInstrumentation",
                                            "addedTo",
                                            "(Ljava/util/List;)Ljava/util/List;",
                                            false);
                                }
                                super.visitFieldInsn(opcode, owner, name, descriptor);
                            }
                        };
                    }
                },
                0);
        return writer.toByteArray();
    }

    /** Returns what the list of watched classes, written anew, would be. */
    private static byte[] watching(byte[] launchClass) {
        ClassReader reader = new ClassReader(launchClass);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new Methods(writer) {
                    @Override
                    MethodVisitor changed(MethodVisitor next) {
                        return new MethodVisitor(Opcodes.ASM9, next) {
                            @Override
                            public void visitLdcInsn(Object value) {
                                boolean names =
                                        value instanceof String text && text.contains("/http/HttpClientFacade ");
                                super.visitLdcInsn(names ? value + ToyInstrumentation.WATCHED + ' ' : value);
                            }
                        };
                    }
                },
                0);
        return writer.toByteArray();
    }

    private abstract static class Methods extends ClassVisitor {
        Methods(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        abstract MethodVisitor changed(MethodVisitor next);

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return changed(super.visitMethod(access, name, descriptor, signature, exceptions));
        }
    }

    private static byte[] changed(String className, String root, String version, String without) {
        ClassWriter writer = new ClassWriter(0);
        ClassVisitor changing = new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String signature, String[] exceptions) {
                if (name.equals(without)) {
                    return null;
                }
                return new MethodVisitor(
                        Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                    @Override
                    public void visitLdcInsn(Object value) {
                        super.visitLdcInsn(value.equals("1.0") ? version : value);
                    }
                };
            }
        };
        Remapper moved = new Remapper() {
            @Override
            public String map(String internalName) {
                return internalName.startsWith(SOURCE)
                        ? root + '/' + internalName.substring(SOURCE.length())
                        : internalName;
            }
        };
        try (InputStream in = ToyJars.class.getClassLoader().getResourceAsStream(className + ".class")) {
            new ClassReader(in.readAllBytes()).accept(new ClassRemapper(changing, moved), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.toByteArray();
    }

    private static byte[] zip(Map<String, byte[]> entries) {
        return ToyClasses.zip(entries);
    }
}
