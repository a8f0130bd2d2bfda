# The workloads of table_programme.py in R's survey package: Rscript table_programme.R FOLDER
# Reads data.csv, totals.csv and replicates.csv there; writes estimates.csv; prints a line a workload: name, CPU ms.
suppressMessages(library(survey))
setwd(commandArgs(TRUE)[1])
data <- read.csv("data.csv")
categories <- c("sector", "type", "size", "region")
totals <- read.csv("totals.csv")
for (name in categories) {
  cells <- totals$name[startsWith(totals$name, name)]
  data[[name]] <- factor(data[[name]], levels = substring(cells, nchar(name) + 1))
}
items <- sprintf("q%02d", 1:60)
patterns <- c(list(items[1:20], items[21:50]), as.list(items[51:60]))
breakdowns <- list(character(0), "sector", "type", "size", "region", c("sector", "size"))
outcomes <- c("q01", "q02", "q05", "q10", "q15", "q21", "q30", "q40", "q51", "q60")
found <- list()

timed <- function(name, work) {
  spent <- system.time(result <- work())
  cat(name, 1000 * (spent[["user.self"]] + spent[["sys.self"]]), "\n")
  invisible(result)
}

programme <- function(design, workload) {
  for (by in breakdowns) {
    label <- if (length(by)) do.call(paste, c(lapply(by, function(one) as.character(data[[one]])), sep = ":")) else rep("", nrow(data))
    for (cell in unique(label)) {
      domain <- design[label == cell, ]
      df <- degf(domain)
      for (own in patterns) {
        mean <- svymean(reformulate(own), domain, na.rm = TRUE)
        p <- coef(mean); se <- as.vector(SE(mean)); reach <- qt(0.975, df) * se / (p * (1 - p))
        found[[length(found) + 1]] <<- data.frame(workload = workload, breakdown = paste(by, collapse = ":"), cell = cell,
          variable = own, estimate = p, se = se, ci_low = plogis(qlogis(p) - reach), ci_high = plogis(qlogis(p) + reach))
      }
    }
  }
}

base <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~N_h, data = data)
timed("programme", function() programme(base, "programme"))
if (requireNamespace("MASS", quietly = TRUE)) timed("calibrated", function() {  # calibrate() needs MASS
  x <- model.matrix(~ sector + type + size + region, data)
  known <- setNames(totals$total, totals$name)[colnames(x)]
  programme(calibrate(base, ~ sector + type + size + region, known, calfun = "raking", epsilon = 1e-11, maxit = 100), "calibrated")
})
timed("drawing", function() as.svrepdesign(base, type = "subbootstrap", replicates = 500))
drawn <- as.matrix(read.csv("replicates.csv"))
timed("replicates", function() {
  design <- svrepdesign(data = data, weights = ~w, repweights = drawn, type = "bootstrap", combined.weights = TRUE,
    scale = 1 / (ncol(drawn) - 1), rscales = rep(1, ncol(drawn)), mse = FALSE, degf = 1)
  programme(design, "replicates")
})
timed("contrasts", function() {
  pairs <- combn(levels(data$sector), 2, simplify = FALSE)
  for (item in items) for (pair in pairs) svyttest(as.formula(paste(item, "~ sector")), subset(base, sector %in% pair))
})
timed("rao_scott", function() for (item in items) {
  test <- svychisq(as.formula(paste("~", item, "+ sector")), base, statistic = "F")
  found[[length(found) + 1]] <<- data.frame(workload = "rao_scott", breakdown = "", cell = "", variable = item,
    estimate = unname(test$statistic), se = unname(test$p.value), ci_low = NA, ci_high = NA)
})
timed("logits", function() for (item in outcomes) {
  fit <- svyglm(as.formula(paste(item, "~ sector + type + size + region + lemp")), base, family = quasibinomial(),
    control = glm.control(epsilon = 1e-13, maxit = 50))
  found[[length(found) + 1]] <<- data.frame(workload = "logits", breakdown = "", cell = names(coef(fit)), variable = item,
    estimate = coef(fit), se = NA, ci_low = NA, ci_high = NA)
})
found <- do.call(rbind, found)
numbers <- c("estimate", "se", "ci_low", "ci_high")
found[numbers] <- lapply(found[numbers], function(one) sprintf("%.17g", one))
write.csv(found, "estimates.csv", row.names = FALSE, quote = FALSE)
