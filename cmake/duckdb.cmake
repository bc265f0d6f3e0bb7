# DuckDB: a system library where one is found, else the npm packages pinned in deploy/duckdb.
find_path(DUCKDB_INCLUDE duckdb.h PATHS ${PROJECT_SOURCE_DIR}/deploy/duckdb/node_modules/duckdb/src/duckdb/src/include)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(duckdb_npm node-bindings-linux-arm64)
else()
  set(duckdb_npm node-bindings-linux-x64)
endif()
find_library(DUCKDB_LIBRARY NAMES duckdb PATHS ${PROJECT_SOURCE_DIR}/deploy/duckdb/node_modules/@duckdb/${duckdb_npm})
if(NOT DUCKDB_INCLUDE OR NOT DUCKDB_LIBRARY)
  message(FATAL_ERROR "DuckDB is not there. Type: ./dev build (it installs deploy/duckdb from npm).")
endif()
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES IMPORTED_LOCATION ${DUCKDB_LIBRARY} IMPORTED_NO_SONAME TRUE
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE} INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE})
