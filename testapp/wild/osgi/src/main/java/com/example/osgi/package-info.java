/** A program with an OSGi framework in it. */
@org.jspecify.annotations.NullMarked
package com.example.osgi;
