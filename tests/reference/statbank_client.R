# Reads a table of a running statistics bank the way R's package pxweb (PxWebApi 1) does, with httr and jsonlite alone:
# limits at every level, the table's variables, then posted queries of at most maxCells cells, put together.
#
#   Rscript tests/reference/statbank_client.R http://localhost:8020/api/v1/en/EDITION/EDITION.TABLE
#
# Prints the number of calls, cells and missing values, and stops when anything is not as that package needs it.

library(httr)
library(jsonlite)

url <- commandArgs(trailingOnly = TRUE)[1]
read <- function(answer) {
  stopifnot(status_code(answer) == 200)
  fromJSON(content(answer, "text", encoding = "UTF-8"), simplifyVector = FALSE)
}

levels <- Reduce(file.path, strsplit(sub(".*?/api/", "", url), "/")[[1]], accumulate = TRUE)
root <- sub("(.*?/api/).*", "\\1", url)
for (level in levels) {
  config <- read(GET(paste0(root, level), query = list(config = "")))
  stopifnot(is.numeric(config$maxValues), is.numeric(config$maxCalls), is.numeric(config$timeWindow), config$CORS)
}

table <- read(GET(url))
stopifnot(is.character(table$title), length(table$variables) > 1)
codes <- setNames(lapply(table$variables, function(one) unlist(one$values)), sapply(table$variables, `[[`, "code"))
largest <- names(which.max(lengths(codes)))
most <- as.integer(Sys.getenv("MAX_CELLS", unset = config$maxValues))
step <- max(1, floor(most / prod(lengths(codes)[names(codes) != largest])))
batches <- split(codes[[largest]], ceiling(seq_along(codes[[largest]]) / step))

ask <- function(format, chosen) {
  query <- lapply(names(chosen), function(name) {
    list(code = name, selection = list(filter = "item", values = as.list(chosen[[name]])))
  })
  body <- toJSON(list(query = query, response = list(format = format)), auto_unbox = TRUE)
  read(POST(url, body = body, content_type_json()))
}

rows <- list()
for (batch in batches) {
  answer <- ask("json", modifyList(codes, setNames(list(batch), largest)))
  types <- sapply(answer$columns, `[[`, "type")
  stopifnot(all(types %in% c("d", "t", "c")), sum(types == "t") == 1)
  rows <- c(rows, answer$data)
}
values <- suppressWarnings(as.numeric(unlist(lapply(rows, `[[`, "values"))))
stopifnot(length(values) == prod(lengths(codes)))
stat <- ask("json-stat", lapply(codes, head, 1))
stopifnot(length(stat$dataset$value) == 1, identical(unlist(stat$dataset$dimension$id), names(codes)))
cat(sprintf("%d calls, %d cells, %d without a number\n", length(batches), length(values), sum(is.na(values))))
