// SPDX-License-Identifier: PostgreSQL
// Clients.java PORT < PLAN: as clients.py, through JDBC with the types it has by itself.
import java.io.*;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

class Clients {
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'+00'").withZone(ZoneOffset.UTC);

    static String text(Object value) {
        if (value == null) return "\\N";
        var text = value instanceof BigDecimal d ? d.toPlainString()
            : value instanceof Boolean b ? (b ? "t" : "f")
            : value instanceof Timestamp t ? TIME.format(t.toInstant())
            : value.toString();
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
    }

    // As tools send what a user chose: text as text, numbers as numbers, days as days.
    static void set(PreparedStatement statement, String type, String value) throws SQLException {
        switch (type) {
            case "text" -> statement.setString(1, value);
            case "numeric" -> statement.setBigDecimal(1, new BigDecimal(value));
            case "bigint" -> statement.setLong(1, Long.parseLong(value));
            case "integer" -> statement.setInt(1, Integer.parseInt(value));
            case "boolean" -> statement.setBoolean(1, value.startsWith("t"));
            case "date" -> statement.setDate(1, java.sql.Date.valueOf(value));
            case "timestamp with time zone" -> statement.setTimestamp(1, Timestamp.from(Instant.from(TIME.parse(value))));
            default -> throw new IllegalArgumentException(type);
        }
    }

    static void print(PrintStream out, ResultSet rows) throws SQLException {
        int count = rows.getMetaData().getColumnCount();
        while (rows.next())
            for (int n = 1; n <= count; n++) out.print(text(rows.getObject(n)) + (n == count ? "\n" : "\t"));
    }

    public static void main(String[] args) throws Exception {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        var url = "jdbc:postgresql://127.0.0.1:" + args[0] + "/" + System.getenv("PGDATABASE")
            + "?sslmode=disable&gssEncMode=disable";
        try (var connection = DriverManager.getConnection(url, System.getenv("PGUSER"), "")) {
            for (String line; (line = input.readLine()) != null;) {
                var step = line.split("\t", -1);
                out.println("# " + step[0] + " " + step[1] + " " + step[2]);
                if (step[0].equals("columns")) {
                    try (var columns = connection.getMetaData().getColumns(null, "bedrock", step[1], null)) {
                        while (columns.next())
                            out.println(columns.getString("COLUMN_NAME") + "\t" + text(columns.getString("REMARKS")));
                    }
                    continue;
                }
                try (var statement = connection.prepareStatement(step[4])) {
                    if (step[0].equals("filter"))
                        set(statement, step[3], new String(HexFormat.of().parseHex(step[5]), StandardCharsets.UTF_8));
                    print(out, statement.executeQuery());
                }
            }
        }
        out.flush();
    }
}
