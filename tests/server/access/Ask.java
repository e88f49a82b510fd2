// SPDX-License-Identifier: PostgreSQL
// Asks through JDBC: Ask.java PORT DATABASE. A line of input is a role, a tab and a query; it is answered by a line with the
// first column of the first row, or the SQLSTATE of the error.
import java.io.*;
import java.sql.*;

class Ask {
    public static void main(String[] args) throws Exception {
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = input.readLine()) != null;) {
            var parts = line.split("\t", 2);
            var url = "jdbc:postgresql://127.0.0.1:" + args[0] + "/" + args[1] + "?sslmode=disable&gssEncMode=disable";
            try (var connection = DriverManager.getConnection(url, parts[0], "");
                 var statement = connection.prepareStatement(parts[1]);
                 var rows = statement.executeQuery()) {
                System.out.println(rows.next() ? rows.getString(1) : "no row");
            } catch (SQLException e) {
                System.out.println(e.getSQLState());
            }
        }
    }
}
