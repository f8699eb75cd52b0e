/** A program with a Tomcat in it. */
@org.jspecify.annotations.NullMarked
package com.example.tomcat;
